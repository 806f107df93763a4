import { shellWord } from '../errors/shell-word.ts';
import type { CallersCap, Parameters } from '../manifest/manifest.ts';
import type { Obstacle } from './budget-obstacles.ts';

/**
 * Why tasks with these parameters cannot run under the caller's cap: one of the parameters may
 * change the price.
 */
export function callersObstacle(parameters: Parameters, cap: CallersCap): Obstacle | undefined {
  const name = priceyParam(parameters, cap.allowedParams);
  if (name === undefined) return undefined;
  return {
    message: `\`${name}\` in \`params\` may change what a request costs, but \`--max-cost-usd\` is set`,
    hint: `leave it out, or add \`--allow-param ${shellWord(name)}\``,
  };
}

/**
 * The first of a task's `params` that may change the price of a request in an unknown way. NEUTRAL
 * is an allow-list, because providers add parameters.
 */
function priceyParam(
  { params = {} }: Parameters,
  allowed: ReadonlySet<string>,
): string | undefined {
  return Object.keys(params).find((name) => !NEUTRAL.has(name) && !allowed.has(name));
}

const NEUTRAL: ReadonlySet<string> = new Set([
  // Parameters that control how the answer is sampled.
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
  // Parameters for the form of the answer. Reasoning counts toward the limit on the answer.
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
  // Parameters that say who sends the request, and what the provider stores.
  'user',
  'metadata',
  'safety_identifier',
  'safe_prompt',
  'store',
  'truncation',
  'prompt_cache_key',
  // Parameters with a known price: see `serviceOf` and `asksForLongCache`.
  'service_tier',
  'speed',
  'cache_control',
  'prompt_cache_retention',
]);
