import type { FailureCode } from '../errors/failure.ts';
import type { Random } from '../ports/random.ts';
import type { AttemptFailure } from '../providers/provider.ts';
import { retryWaitMs } from './retry-delay.ts';

export interface RetryOptions {
  /** 0 means a single attempt, whatever happens. */
  readonly maxRetries: number;
  /** First wait; it doubles each time. */
  readonly baseMs: number;
  /** Time limit for one attempt of the task. */
  readonly timeoutMs: number;
  /** What is left of the run's own timeout; undefined if it has none. */
  readonly remainingMs: number | undefined;
  /** Whether another model may be asked instead. */
  readonly hasNextModel: boolean;
  /** How long the lane's server has admitted nothing, if that is too long to continue. */
  readonly closedMs: number | undefined;
  readonly random: Random;
}

/** A task's failures so far, by code, with the current one. */
type FailureCounts = ReadonlyMap<FailureCode, number>;

export type RetryDecision =
  | { readonly kind: 'retry'; readonly delayMs: number }
  /** `stopsLane`: waiting is pointless for all tasks of the lane. */
  | { readonly kind: 'final'; readonly failure: AttemptFailure; readonly stopsLane: boolean };

/** After this many rate-limit refusals in a row, a task moves to its next model. */
const REFUSALS_BEFORE_NEXT = 10;
/** However short its attempts are, a task accepts waits of up to the longest backoff. */
const PATIENCE_MS = 60_000;

/** Whether a failed attempt is sent again, and after how long. */
export function decideRetry(
  failure: AttemptFailure,
  counts: FailureCounts,
  options: RetryOptions,
): RetryDecision {
  const hint = failure.retryable ? whyPointless(failure, options) : undefined;
  if (hint !== undefined) {
    return { kind: 'final', failure: { ...failure, hint }, stopsLane: failure.reach === 'lane' };
  }
  if (!failure.retryable || !hasRetriesLeft(failure, counts, options)) {
    return { kind: 'final', failure, stopsLane: false };
  }
  return { kind: 'retry', delayMs: retryWaitMs(failure, total(counts), options) };
}

function hasRetriesLeft(
  failure: AttemptFailure,
  counts: FailureCounts,
  { maxRetries, hasNextModel }: RetryOptions,
): boolean {
  if (maxRetries === 0) return false;
  const ofThisKind = counts.get(failure.code) ?? 0;
  if (failure.maxRetries !== undefined && ofThisKind > failure.maxRetries) return false;
  // A rate limit is not the task's fault, so it uses up no retry.
  if (failure.code === 'RATE_LIMITED') return !hasNextModel || ofThisKind < REFUSALS_BEFORE_NEXT;
  return total(counts) - (counts.get('RATE_LIMITED') ?? 0) <= maxRetries;
}

/** What to do instead of waiting; undefined if waiting may help. */
function whyPointless(
  { retryAfterMs = 0, reach }: AttemptFailure,
  { timeoutMs, remainingMs = Infinity, closedMs }: RetryOptions,
): string | undefined {
  const patienceMs = Math.max(timeoutMs, PATIENCE_MS);
  if (retryAfterMs > Math.max(0, Math.min(patienceMs, remainingMs))) {
    const bound =
      retryAfterMs > remainingMs
        ? `what is left of the run's timeout (${seconds(remainingMs)})`
        : `${timeoutMs >= PATIENCE_MS ? "the task's timeout" : 'a task waits'} (${seconds(patienceMs)})`;
    return `the server asks to wait ${seconds(retryAfterMs)}, longer than ${bound}: run it again later, or raise the timeout`;
  }
  if (closedMs === undefined || reach !== 'lane') return undefined;
  const minutes = Math.round(closedMs / 60_000);
  return `the server has accepted nothing for ${minutes} minutes: run it again later`;
}

function total(counts: FailureCounts): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}

function seconds(durationMs: number): string {
  return `${Math.round(durationMs) / 1_000} s`;
}
