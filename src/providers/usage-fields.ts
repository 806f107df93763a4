import { usageFields, usageFieldsApart } from '../generated/vendor-facts.ts';
import type { Usage } from './provider.ts';

export const NO_USAGE: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteLongTokens: 0,
  reasoningTokens: 0,
};

/** The meaning of a token count in an answer. */
export type TokenCount =
  | 'input'
  | 'output'
  | 'total'
  | 'cacheRead'
  | 'cacheWrite'
  /** Parts of what was written, by lifetime. */
  | 'cacheWriteShort'
  | 'cacheWriteLong'
  | 'reasoning';

/** The meaning of each count, by its path: the keys from the usage object down, joined by dots. */
export const USAGE_FIELDS: ReadonlyMap<string, TokenCount> = new Map<string, TokenCount>([
  ...Object.entries(usageFields),
  ...Object.entries(usageFieldsApart),
]);

/** Whether the count is in addition to the input; others are included in it. */
export function isApart(path: string): boolean {
  return Object.hasOwn(usageFieldsApart, path);
}

/**
 * Where the usage object is in an answer: keys from the body down, joined by dots, most common
 * first. The last entry is the body itself.
 */
export const USAGE_PLACES: readonly string[] = [
  'usage', // OpenAI, Anthropic and nearly all others
  'x_groq.usage', // https://console.groq.com/docs/api-reference
  'choices.0.usage', // https://platform.moonshot.ai/docs/api/chat
  'usageMetadata', // https://ai.google.dev/api/generate-content#UsageMetadata
  'usage_metadata', // the same in Python's spelling
  'meta.tokens', // https://docs.cohere.com/reference/chat
  'meta.billed_units', // the same, as billed
  'usage.tokens', // the second version of the same
  'result.usage', // https://developers.cloudflare.com/workers-ai
  'response.usage', // a Responses event that a gateway passes on whole
  'message.usage', // an Anthropic event that a gateway passes on whole
  '', // https://github.com/ollama/ollama/blob/main/docs/api.md
];
