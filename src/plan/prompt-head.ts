import type { Template } from '../manifest/template.ts';

/** In characters, about 256 tokens. Shorter heads are not worth a separate block. */
const LEAST_LENGTH = 1_024;

/**
 * The length of the part that all prompts of a template share: the text before the first tag, up to
 * the end of a line, so that it also reads well as a separate block. Undefined if the part is too
 * short.
 */
export function headLength(
  { text }: Template,
  rendered: { readonly text: string; readonly prompt: string },
): number | undefined {
  const tag = text.search(/\{[{%]/);
  const length = tag === -1 ? rendered.prompt.length : text.lastIndexOf('\n', tag) + 1;
  const isHead = tag === -1 || rendered.text.startsWith(text.slice(0, length));
  return isHead && length >= LEAST_LENGTH ? length : undefined;
}

/**
 * Splits off the head. Undefined if there is none, or if the rest would be blank: vendors reject
 * blank blocks.
 */
export function splitPrompt({
  prompt,
  headLength: length,
}: {
  readonly prompt: string;
  readonly headLength?: number;
}): { readonly head: string; readonly rest: string } | undefined {
  if (length === undefined) return undefined;
  const rest = prompt.slice(length);
  return rest !== '' && rest.trim() === '' ? undefined : { head: prompt.slice(0, length), rest };
}
