import { countAt, objectAt } from './json-shape.ts';
import type { JsonObject } from './json-shape.ts';
import type { Usage } from './provider.ts';

/** Anthropic's accounting: cached and written tokens stand beside `input_tokens`. */
export function anthropicUsage(body: JsonObject): Usage {
  const usage = objectAt(body, 'usage');
  const lasting = objectAt(usage, 'cache_creation');
  const longWritten = countAt(lasting, 'ephemeral_1h_input_tokens');
  const written = Math.max(
    countAt(usage, 'cache_creation_input_tokens'),
    longWritten + countAt(lasting, 'ephemeral_5m_input_tokens'),
  );
  const outputTokens = countAt(usage, 'output_tokens');
  const thinking = countAt(objectAt(usage, 'output_tokens_details'), 'thinking_tokens');
  return {
    inputTokens: countAt(usage, 'input_tokens'),
    outputTokens,
    cacheReadTokens: countAt(usage, 'cache_read_input_tokens'),
    cacheWriteTokens: written,
    cacheWriteLongTokens: longWritten,
    reasoningTokens: Math.min(thinking, outputTokens),
  };
}

/** OpenAI Responses: cached and written tokens are inside `input_tokens`. */
export function responsesUsage(body: JsonObject): Usage {
  const usage = objectAt(body, 'usage');
  return inclusiveUsage({
    input: countAt(usage, 'input_tokens'),
    output: countAt(usage, 'output_tokens'),
    total: countAt(usage, 'total_tokens'),
    inputDetails: objectAt(usage, 'input_tokens_details'),
    outputDetails: objectAt(usage, 'output_tokens_details'),
    cacheHits: 0,
  });
}

/** Chat Completions: the same under other names; DeepSeek has its own for cache hits. */
export function chatUsage(body: JsonObject): Usage {
  const usage = objectAt(body, 'usage');
  return inclusiveUsage({
    input: countAt(usage, 'prompt_tokens'),
    output: countAt(usage, 'completion_tokens'),
    total: countAt(usage, 'total_tokens'),
    inputDetails: objectAt(usage, 'prompt_tokens_details'),
    outputDetails: objectAt(usage, 'completion_tokens_details'),
    cacheHits: countAt(usage, 'prompt_cache_hit_tokens'),
  });
}

function inclusiveUsage(counts: {
  readonly input: number;
  readonly output: number;
  readonly total: number;
  readonly inputDetails: JsonObject;
  readonly outputDetails: JsonObject;
  readonly cacheHits: number;
}): Usage {
  const { input, total, inputDetails } = counts;
  const cacheReadTokens = Math.min(
    input,
    Math.max(countAt(inputDetails, 'cached_tokens'), counts.cacheHits),
  );
  const cacheWriteTokens = Math.min(
    input - cacheReadTokens,
    countAt(inputDetails, 'cache_write_tokens'),
  );
  const longWritten = countAt(
    objectAt(inputDetails, 'cache_write_tokens_details'),
    'ttl_12h_tokens',
  );
  // xAI and Gemini leave reasoning out of the output count but not out of the total.
  const outputTokens = Math.max(counts.output, total - input);
  return {
    inputTokens: input - cacheReadTokens - cacheWriteTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    cacheWriteLongTokens: Math.min(longWritten, cacheWriteTokens),
    reasoningTokens: Math.min(countAt(counts.outputDetails, 'reasoning_tokens'), outputTokens),
  };
}
