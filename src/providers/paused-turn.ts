import type { Failure } from '../errors/failure.ts';

/** A model may pause its own turn this many times before the task fails. */
const MAX_CONTINUATIONS = 5;

/**
 * Why a turn that the model paused is not continued; undefined if it is. The text so far counts,
 * and is sent with the next request. `reservation`: set if a budget limits the task.
 */
export function whyNotContinued({
  continuations,
  reservation,
}: {
  readonly continuations: number;
  readonly reservation: unknown;
}): Failure | undefined {
  // Each turn sends everything before it again, so the reserved money might not cover the next one.
  if (reservation !== undefined) return UNBOUNDED_TURNS;
  if (continuations <= MAX_CONTINUATIONS) return undefined;
  return {
    code: 'BAD_RESPONSE',
    message: `the model paused its turn ${continuations} times and did not finish`,
    retryable: false,
  };
}

const UNBOUNDED_TURNS: Failure = {
  code: 'BUDGET',
  message: 'the model paused its turn, and the cost of continuing has no upper bound',
  retryable: false,
  hint: 'remove what makes the provider run tools from `params`, or run without a budget',
};
