import type { Usage } from './provider.ts';

export const NO_USAGE: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteLongTokens: 0,
  reasoningTokens: 0,
};

/** Meaning of a token count in an answer. */
export type TokenCount =
  | 'input'
  | 'output'
  | 'total'
  | 'cacheRead'
  | 'cacheWrite'
  /** The parts of what was written, by how long it is kept. */
  | 'cacheWriteShort'
  | 'cacheWriteLong'
  | 'reasoning';

export interface UsageField {
  readonly means: TokenCount;
  /** Keys from the usage object down, joined by dots. */
  readonly path: string;
  /** The count comes on top of the input; others are inside it. */
  readonly isApart?: true;
  /** Who writes it so. */
  readonly source: string;
}

/**
 * Where the usage object is in an answer: keys from the body down, joined by dots, the usual place
 * first. The last is the body itself.
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

/**
 * The names under which vendors and gateways report tokens, whatever wire they claim to speak.
 * Read November 2026.
 */
export const USAGE_FIELDS: readonly UsageField[] = [
  row('input', 'prompt_tokens', 'https://platform.openai.com/docs/api-reference/chat/object'),
  row('input', 'input_tokens', 'https://docs.claude.com/en/api/messages'),
  row('input', 'inputTokens', 'https://docs.aws.amazon.com/bedrock/latest/APIReference/'),
  row('input', 'promptTokens', 'https://ai-sdk.dev/docs (version 4)'),
  row('input', 'promptTokenCount', 'https://ai.google.dev/api/generate-content'),
  row('input', 'prompt_token_count', 'https://ai.google.dev/api/generate-content (Python)'),
  row('input', 'prompt_eval_count', 'https://github.com/ollama/ollama/blob/main/docs/api.md'),
  row('input', 'input_token_count', 'https://cloud.ibm.com/apidocs/watsonx-ai'),

  row('output', 'completion_tokens', 'https://platform.openai.com/docs/api-reference/chat/object'),
  row('output', 'output_tokens', 'https://docs.claude.com/en/api/messages'),
  row('output', 'outputTokens', 'https://docs.aws.amazon.com/bedrock/latest/APIReference/'),
  row('output', 'completionTokens', 'https://ai-sdk.dev/docs (version 4)'),
  row('output', 'candidatesTokenCount', 'https://ai.google.dev/api/generate-content'),
  row('output', 'candidates_token_count', 'https://ai.google.dev/api/generate-content (Python)'),
  row('output', 'eval_count', 'https://github.com/ollama/ollama/blob/main/docs/api.md'),
  row('output', 'generated_token_count', 'https://cloud.ibm.com/apidocs/watsonx-ai'),
  row('output', 'generated_tokens', 'https://huggingface.co/docs/text-generation-inference'),

  row('total', 'total_tokens', 'https://platform.openai.com/docs/api-reference/chat/object'),
  row('total', 'totalTokens', 'https://docs.aws.amazon.com/bedrock/latest/APIReference/'),
  row('total', 'totalTokenCount', 'https://ai.google.dev/api/generate-content'),
  row('total', 'total_token_count', 'https://ai.google.dev/api/generate-content (Python)'),

  row(
    'cacheRead',
    'prompt_tokens_details.cached_tokens',
    'https://platform.openai.com/docs/guides/prompt-caching',
  ),
  row(
    'cacheRead',
    'input_tokens_details.cached_tokens',
    'https://platform.openai.com/docs/guides/prompt-caching',
  ),
  row(
    'cacheRead',
    'prompt_cache_hit_tokens',
    'https://api-docs.deepseek.com/api/create-chat-completion',
  ),
  row('cacheRead', 'cached_tokens', 'https://platform.moonshot.ai/docs/api/chat'),
  row('cacheRead', 'cachedContentTokenCount', 'https://ai.google.dev/api/generate-content'),
  apart('cacheRead', 'cache_read_input_tokens', 'https://docs.claude.com/en/api/messages'),
  apart(
    'cacheRead',
    'cacheReadInputTokens',
    'https://docs.aws.amazon.com/bedrock/latest/APIReference/',
  ),

  row(
    'cacheWrite',
    'prompt_tokens_details.cache_write_tokens',
    'https://platform.openai.com/docs/guides/prompt-caching',
  ),
  row(
    'cacheWrite',
    'input_tokens_details.cache_write_tokens',
    'https://platform.openai.com/docs/guides/prompt-caching',
  ),
  row(
    'cacheWrite',
    'prompt_tokens_details.cache_creation_tokens',
    'https://docs.litellm.ai/docs/completion/prompt_caching',
  ),
  apart('cacheWrite', 'cache_creation_input_tokens', 'https://docs.claude.com/en/api/messages'),
  apart(
    'cacheWrite',
    'cacheWriteInputTokens',
    'https://docs.aws.amazon.com/bedrock/latest/APIReference/',
  ),
  apart(
    'cacheWriteShort',
    'cache_creation.ephemeral_5m_input_tokens',
    'https://docs.claude.com/en/api/messages',
  ),
  apart(
    'cacheWriteLong',
    'cache_creation.ephemeral_1h_input_tokens',
    'https://docs.claude.com/en/api/messages',
  ),
  row(
    'cacheWriteLong',
    'prompt_tokens_details.cache_write_tokens_details.ttl_12h_tokens',
    'https://platform.openai.com/docs/guides/prompt-caching',
  ),
  row(
    'cacheWriteLong',
    'input_tokens_details.cache_write_tokens_details.ttl_12h_tokens',
    'https://platform.openai.com/docs/guides/prompt-caching',
  ),

  row(
    'reasoning',
    'completion_tokens_details.reasoning_tokens',
    'https://platform.openai.com/docs/guides/reasoning',
  ),
  row(
    'reasoning',
    'output_tokens_details.reasoning_tokens',
    'https://platform.openai.com/docs/guides/reasoning',
  ),
  row(
    'reasoning',
    'output_tokens_details.thinking_tokens',
    'https://docs.claude.com/en/api/messages',
  ),
  row('reasoning', 'reasoning_tokens', 'https://docs.perplexity.ai/api-reference'),
  row('reasoning', 'thoughtsTokenCount', 'https://ai.google.dev/api/generate-content'),
  row('reasoning', 'thoughts_token_count', 'https://ai.google.dev/api/generate-content (Python)'),
];

function row(means: TokenCount, path: string, source: string): UsageField {
  return { means, path, source };
}

function apart(means: TokenCount, path: string, source: string): UsageField {
  return { means, path, source, isApart: true };
}
