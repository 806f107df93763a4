import type { Template } from '../manifest/template.ts';

/** Shorter ones are not worth a block of their own: about 256 tokens. */
const LEAST_LENGTH = 1_024;

/**
 * The part of a prompt that all tasks of its template share: the text before the first tag, up to the end of a line, so that it reads the same as a separate block. Undefined where that is little.
 */
export function headLength(
  { text }: Template,
  filled: { readonly text: string; readonly prompt: string },
): number | undefined {
  const tag = text.search(/\{[{%]/);
  const length = tag === -1 ? filled.prompt.length : text.lastIndexOf('\n', tag) + 1;
  const isHead = tag === -1 || filled.text.startsWith(text.slice(0, length));
  return isHead && length >= LEAST_LENGTH ? length : undefined;
}

/** The prompt with its head apart; undefined where it has none. Vendors refuse blocks that are blank. */
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
