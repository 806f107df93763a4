import { splitPrompt } from '../plan/prompt-head.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { CacheRules } from './cache-rules.ts';
import type { Prefix } from './prefix.ts';

/**
 * A warm-up call costs one additional read of the prefix. This may be at most this share of what
 * the prefix costs.
 */
const MOST_EXTRA = 0.02;

/**
 * Whether a separate call can write a prefix at almost no extra cost. Such a call returns long
 * before an answer would, so the other requests wait less.
 */
export function isCallCheap({ rates }: CacheRules, uses: number): boolean {
  return rates.read <= MOST_EXTRA * (rates.write + (uses - 1) * rates.read);
}

/**
 * The call that writes the prefixes of a request: Anthropic accepts `max_tokens: 0`, OpenAI
 * `prewarm`. Undefined if the vendor would reject the call, or if it would write something other
 * than what the request reads.
 */
export function warmUpRequest(
  request: PromptRequest,
  { settings }: CacheRules,
  last: Prefix | undefined,
): PromptRequest | undefined {
  const { growsTo: _growsTo, sample: _sample, ...sent } = request;
  const head = last?.end === 'prompt' ? splitPrompt(request)?.head : undefined;
  const rest = { ...sent, prompt: `${head ?? ''}${PLACEHOLDER}` };
  const { params, reasoning, ...parameters } = request.parameters;
  if (Object.keys(params ?? {}).some((name) => REFUSED.has(name))) return undefined;
  if (settings === 'first') return rest;
  // Thinking and structured output come before the messages; a prefix that ends before them does
  // not contain them.
  const isInMessages = last?.end !== 'context' && last?.end !== 'system';
  const hasSettings = reasoning !== undefined || request.schema?.native !== undefined;
  if (isInMessages && hasSettings) return undefined;
  const { schema: _schema, ...plain } = rest;
  return {
    ...plain,
    parameters: { ...parameters, ...(params && { params }), maxTokens: 0 },
  };
}

/** Replaces the content that is not part of the prefix. */
const PLACEHOLDER = '.';

/** The vendor rejects a call with `max_tokens: 0` if it has one of these parameters. */
const REFUSED: ReadonlySet<string> = new Set([
  'container',
  'output_config',
  'output_format',
  'stream',
  'thinking',
  'tool_choice',
]);
