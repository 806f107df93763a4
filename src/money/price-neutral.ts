import type { Parameters } from '../manifest/manifest.ts';

/**
 * The first of a task's `params` that is not known to leave the price of a request as it is, or to have
 * a known price. An allow-list: what a provider adds tomorrow is not in it.
 */
export function priceyParam(
  { params = {} }: Parameters,
  allowed: ReadonlySet<string>,
): string | undefined {
  return Object.keys(params).find((name) => !NEUTRAL.has(name) && !allowed.has(name));
}

const NEUTRAL: ReadonlySet<string> = new Set([
  // How the answer is drawn.
  'temperature',
  'top_p',
  'top_k',
  'top_a',
  'min_p',
  'typical_p',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'logit_bias',
  'seed',
  'random_seed',
  'stop',
  'stop_sequences',
  // What it looks like. Reasoning counts against the bound on the answer.
  'response_format',
  'text',
  'verbosity',
  'output_config',
  'reasoning',
  'reasoning_effort',
  'reasoning_format',
  'include_reasoning',
  'thinking',
  'enable_thinking',
  'parallel_tool_calls',
  'logprobs',
  'top_logprobs',
  'include',
  // Whose it is and what is kept of it.
  'user',
  'metadata',
  'safety_identifier',
  'safe_prompt',
  'store',
  'truncation',
  'prompt_cache_key',
  // Priced: see `serviceOf` and `asksForLongCache`.
  'service_tier',
  'speed',
  'cache_control',
  'prompt_cache_retention',
]);
