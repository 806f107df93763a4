import type { PromptRequest } from './task.ts';

/** A quarter of the text's UTF-8 bytes: accurate to 20% for English, code and CJK. */
export function roughTokens(text: string | undefined): number {
  return text === undefined ? 0 : Buffer.byteLength(text, 'utf8') / 4;
}

/** The same for everything in a request, in whole tokens. At least 1. */
export function roughRequestTokens(request: PromptRequest): number {
  const { context, system, earlier = [], prompt, schema, attachments = [] } = request;
  const said = earlier.map(({ content }) => content);
  const texts = [context, system, ...said, prompt, schema?.native && JSON.stringify(schema.native)];
  const tokens = texts.reduce((sum, text) => sum + roughTokens(text), 0);
  const attached = attachments.reduce((sum, each) => sum + each.tokens.expected, 0);
  return Math.max(1, Math.ceil(tokens) + attached);
}
