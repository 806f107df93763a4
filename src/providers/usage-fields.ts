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

export interface UsageField {
  readonly means: TokenCount;
  /** Keys from the usage object down, joined by dots. */
  readonly path: string;
  /** The count is in addition to the input; others are included in it. */
  readonly isApart?: true;
  /** A vendor that uses the name. */
  readonly source: string;
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
  'response.usage', // a Responses event that a gateway passes on whole
  'message.usage', // an Anthropic event that a gateway passes on whole
  '', // https://github.com/ollama/ollama/blob/main/docs/api.md
];

const OPENAI = 'https://platform.openai.com/docs/api-reference/chat/object';
const OPENAI_CACHE = 'https://platform.openai.com/docs/guides/prompt-caching';
const OPENAI_THOUGHTS = 'https://platform.openai.com/docs/guides/reasoning';
const ANTHROPIC = 'https://docs.claude.com/en/api/messages';
const BEDROCK = 'https://docs.aws.amazon.com/bedrock/latest/APIReference/';
const AI_SDK = 'https://ai-sdk.dev/docs (version 4)';
const GEMINI = 'https://ai.google.dev/api/generate-content';
const GEMINI_PYTHON = 'https://ai.google.dev/api/generate-content (Python)';
const OLLAMA = 'https://github.com/ollama/ollama/blob/main/docs/api.md';
const WATSONX = 'https://cloud.ibm.com/apidocs/watsonx-ai';
const TGI = 'https://huggingface.co/docs/text-generation-inference';
const DEEPSEEK = 'https://api-docs.deepseek.com/api/create-chat-completion';
const MOONSHOT = 'https://platform.moonshot.ai/docs/api/chat';
const LITELLM = 'https://docs.litellm.ai/docs/completion/prompt_caching';
const PERPLEXITY = 'https://docs.perplexity.ai/api-reference';

const TWELVE_HOURS = 'cache_write_tokens_details.ttl_12h_tokens';

/** The names under which vendors and gateways report tokens, in any wire format, as of November 2026. */
export const USAGE_FIELDS: readonly UsageField[] = [
  row('input', 'prompt_tokens', OPENAI),
  row('input', 'input_tokens', ANTHROPIC),
  row('input', 'inputTokens', BEDROCK),
  row('input', 'promptTokens', AI_SDK),
  row('input', 'promptTokenCount', GEMINI),
  row('input', 'prompt_token_count', GEMINI_PYTHON),
  row('input', 'prompt_eval_count', OLLAMA),
  row('input', 'input_token_count', WATSONX),

  row('output', 'completion_tokens', OPENAI),
  row('output', 'output_tokens', ANTHROPIC),
  row('output', 'outputTokens', BEDROCK),
  row('output', 'completionTokens', AI_SDK),
  row('output', 'candidatesTokenCount', GEMINI),
  row('output', 'candidates_token_count', GEMINI_PYTHON),
  row('output', 'eval_count', OLLAMA),
  row('output', 'generated_token_count', WATSONX),
  row('output', 'generated_tokens', TGI),

  row('total', 'total_tokens', OPENAI),
  row('total', 'totalTokens', BEDROCK),
  row('total', 'totalTokenCount', GEMINI),
  row('total', 'total_token_count', GEMINI_PYTHON),

  row('cacheRead', 'prompt_tokens_details.cached_tokens', OPENAI_CACHE),
  row('cacheRead', 'input_tokens_details.cached_tokens', OPENAI_CACHE),
  row('cacheRead', 'prompt_cache_hit_tokens', DEEPSEEK),
  row('cacheRead', 'cached_tokens', MOONSHOT),
  row('cacheRead', 'cachedContentTokenCount', GEMINI),
  apart('cacheRead', 'cache_read_input_tokens', ANTHROPIC),
  apart('cacheRead', 'cacheReadInputTokens', BEDROCK),

  row('cacheWrite', 'prompt_tokens_details.cache_write_tokens', OPENAI_CACHE),
  row('cacheWrite', 'input_tokens_details.cache_write_tokens', OPENAI_CACHE),
  row('cacheWrite', 'prompt_tokens_details.cache_creation_tokens', LITELLM),
  apart('cacheWrite', 'cache_creation_input_tokens', ANTHROPIC),
  apart('cacheWrite', 'cacheWriteInputTokens', BEDROCK),
  apart('cacheWriteShort', 'cache_creation.ephemeral_5m_input_tokens', ANTHROPIC),
  apart('cacheWriteLong', 'cache_creation.ephemeral_1h_input_tokens', ANTHROPIC),
  row('cacheWriteLong', `prompt_tokens_details.${TWELVE_HOURS}`, OPENAI_CACHE),
  row('cacheWriteLong', `input_tokens_details.${TWELVE_HOURS}`, OPENAI_CACHE),

  row('reasoning', 'completion_tokens_details.reasoning_tokens', OPENAI_THOUGHTS),
  row('reasoning', 'output_tokens_details.reasoning_tokens', OPENAI_THOUGHTS),
  row('reasoning', 'output_tokens_details.thinking_tokens', ANTHROPIC),
  row('reasoning', 'reasoning_tokens', PERPLEXITY),
  row('reasoning', 'thoughtsTokenCount', GEMINI),
  row('reasoning', 'thoughts_token_count', GEMINI_PYTHON),
];

function row(means: TokenCount, path: string, source: string): UsageField {
  return { means, path, source };
}

function apart(means: TokenCount, path: string, source: string): UsageField {
  return { means, path, source, isApart: true };
}
