import type { Usage } from '../providers/provider.ts';
import type { Load } from './windows.ts';

/** Running mean over a lane's answers: of their lengths in tokens, or of the time they took. */
export interface AnswerMean {
  readonly answers: number;
  readonly value: number;
}

export const NO_ANSWERS: AnswerMean = { answers: 0, value: 0 };

/** An answer's length before the first one came, where the task sets no `max_tokens`. */
const UNKNOWN_OUTPUT_TOKENS = 512;

/** The mean follows the last 50 answers or so: a manifest's tasks change as it goes on. */
const MEAN_OVER = 50;

/**
 * The mean of actual answers, at most `max_tokens`; before the first answer half of that. Reserving
 * `max_tokens` itself would starve a limit that is announced: answers seldom use it up. What is
 * declared weighs all of it until an answer has come: see `declaredLoad`.
 */
export function estimateOutputTokens(maxTokens: number | undefined, mean: AnswerMean): number {
  if (mean.answers > 0) return Math.ceil(Math.min(mean.value, maxTokens ?? Infinity));
  return maxTokens === undefined ? UNKNOWN_OUTPUT_TOKENS : Math.ceil(maxTokens / 2);
}

export function withAnswer(mean: AnswerMean, value: number): AnswerMean {
  const answers = mean.answers + 1;
  const share = 1 / Math.min(answers, MEAN_OVER);
  return { answers, value: mean.value + (value - mean.value) * share };
}

/** What reported usage weighs in the limits. Tokens written to a cache count as input everywhere. */
export function loadOf(usage: Usage, options: { readonly countsCacheReads: boolean }): Load {
  return {
    inputTokens:
      usage.inputTokens +
      usage.cacheWriteTokens +
      (options.countsCacheReads ? usage.cacheReadTokens : 0),
    outputTokens: usage.outputTokens,
  };
}

/** Of what a provider may cache, the share that it read there; undefined when it cached nothing. */
export function cacheHit({ cacheReadTokens, cacheWriteTokens }: Usage): number | undefined {
  const cacheable = cacheReadTokens + cacheWriteTokens;
  return cacheable === 0 ? undefined : cacheReadTokens / cacheable;
}
