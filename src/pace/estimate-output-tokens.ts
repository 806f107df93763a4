import { FOLLOWED_ANSWERS, UNKNOWN_OUTPUT_TOKENS } from './tuning.ts';

/** Running mean over a lane's answers: of their lengths in tokens, or of the time they took. */
export interface AnswerMean {
  readonly answers: number;
  readonly value: number;
}

export const NO_ANSWERS: AnswerMean = { answers: 0, value: 0 };

/**
 * The mean of actual answers, at most `max_tokens`; before the first answer, half of `max_tokens`.
 * Reserving `max_tokens` itself would starve an announced limit: answers seldom use it up.
 */
export function estimateOutputTokens(maxTokens: number | undefined, mean: AnswerMean): number {
  if (mean.answers > 0) return Math.ceil(Math.min(mean.value, maxTokens ?? Infinity));
  return maxTokens === undefined ? UNKNOWN_OUTPUT_TOKENS : Math.ceil(maxTokens / 2);
}

export function withAnswer(mean: AnswerMean, value: number): AnswerMean {
  const answers = mean.answers + 1;
  const share = 1 / Math.min(answers, FOLLOWED_ANSWERS);
  return { answers, value: mean.value + (value - mean.value) * share };
}
