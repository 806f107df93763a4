import type { FailureCode } from '../errors/failure.ts';
import type { Random } from '../ports/random.ts';
import type { AttemptFailure } from '../providers/provider.ts';

/** What a task may do after a failure. */
export interface RetryPolicy {
  /** 0 is a single attempt, whatever happens. */
  readonly maxRetries: number;
  /** First wait; it doubles each time. */
  readonly baseMs: number;
  /** Bound on one attempt of the task. */
  readonly timeoutMs: number;
  /** What is left of the run's own timeout; undefined when it has none. */
  readonly remainingMs: number | undefined;
  /** Whether another model may be asked instead. */
  readonly hasNextModel: boolean;
}

/** A task's failures so far, by code; the one to decide on is counted already. */
export type FailureCounts = ReadonlyMap<FailureCode, number>;

export type RetryDecision =
  | { readonly kind: 'retry'; readonly delayMs: number }
  /** `stopsLane`: the server has admitted nothing for so long that nothing in the lane is worth waiting for. */
  | { readonly kind: 'final'; readonly failure: AttemptFailure; readonly stopsLane: boolean };

/** Refusals by a rate limit in a row after which a task turns to another model, if it may. */
const REFUSALS_BEFORE_NEXT = 10;

/** Waits up to the longest backoff are accepted, however short an attempt may be: a wait is not part of one. */
const PATIENCE_MS = 60_000;

/** Whether a failed attempt is sent again, and after how long. */
export function decideRetry(
  failure: AttemptFailure,
  counts: FailureCounts,
  {
    policy,
    closedMs,
    random,
  }: {
    readonly policy: RetryPolicy;
    /** How long nothing of the lane was let through, where that is too long to continue. */
    readonly closedMs: number | undefined;
    readonly random: Random;
  },
): RetryDecision {
  const hopeless = waitTooLong(failure, policy) ?? closedForGood(failure, closedMs);
  if (hopeless) return hopeless;
  if (!failure.retryable || !hasRetriesLeft(failure, counts, policy)) {
    return { kind: 'final', failure, stopsLane: false };
  }
  return {
    kind: 'retry',
    delayMs: nextDelayMs(failure, { counts, baseMs: policy.baseMs, random }),
  };
}

/**
 * The server's own wait to the millisecond, none where the next request differs, else the backoff
 * after this many failures.
 */
export function nextDelayMs(
  failure: AttemptFailure,
  options: { readonly counts: FailureCounts; readonly baseMs: number; readonly random: Random },
): number {
  if (failure.retryAfterMs !== undefined && failure.retryAfterMs > 0) return failure.retryAfterMs;
  if (failure.violation !== undefined || failure.code === 'TRUNCATED') return 0;
  const exponent = Math.max(0, total(options.counts) - 1);
  return backoffMs({ baseMs: options.baseMs, exponent, random: options.random });
}

function hasRetriesLeft(
  failure: AttemptFailure,
  counts: FailureCounts,
  { maxRetries, hasNextModel }: RetryPolicy,
): boolean {
  if (maxRetries === 0) return false;
  const ofThisKind = counts.get(failure.code) ?? 0;
  if (failure.maxRetries !== undefined && ofThisKind > failure.maxRetries) return false;
  // Nobody's fault, so it uses up no retry.
  if (failure.code === 'RATE_LIMITED') return !hasNextModel || ofThisKind < REFUSALS_BEFORE_NEXT;
  return total(counts) - (counts.get('RATE_LIMITED') ?? 0) <= maxRetries;
}

function waitTooLong(failure: AttemptFailure, policy: RetryPolicy): RetryDecision | undefined {
  const { retryAfterMs } = failure;
  if (!failure.retryable || retryAfterMs === undefined) return undefined;
  const patienceMs = Math.max(policy.timeoutMs, PATIENCE_MS);
  const beyondRun = policy.remainingMs !== undefined && retryAfterMs > policy.remainingMs;
  if (retryAfterMs <= patienceMs && !beyondRun) return undefined;
  const bound = beyondRun
    ? `what is left of the run's timeout (${seconds(policy.remainingMs ?? 0)})`
    : policy.timeoutMs >= PATIENCE_MS
      ? `the task's timeout (${seconds(policy.timeoutMs)})`
      : `a task waits (${seconds(PATIENCE_MS)})`;
  const hint = `the server asks to wait ${seconds(retryAfterMs)}, longer than ${bound}: run it again later, or raise the timeout`;
  return { kind: 'final', failure: { ...failure, hint }, stopsLane: failure.reach === 'lane' };
}

function closedForGood(
  failure: AttemptFailure,
  closedMs: number | undefined,
): RetryDecision | undefined {
  if (closedMs === undefined || failure.reach !== 'lane' || !failure.retryable) return undefined;
  const minutes = Math.round(closedMs / 60_000);
  const hint = `the server has let nothing through for ${minutes} minutes: run it again later`;
  return { kind: 'final', failure: { ...failure, hint }, stopsLane: true };
}

function total(counts: FailureCounts): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}

function seconds(durationMs: number): string {
  return `${Math.round(durationMs) / 1_000} s`;
}

const LONGEST_BACKOFF_MS = 60_000;
const MAX_JITTER_MS = 1_000;

/**
 * `baseMs`·2ⁿ, at most a minute, plus jitter of up to a second (up to `baseMs` where that is less),
 * so that those who failed together do not come back together.
 */
function backoffMs(options: {
  readonly baseMs: number;
  readonly exponent: number;
  readonly random: Random;
}): number {
  const { baseMs, exponent, random } = options;
  return (
    Math.min(LONGEST_BACKOFF_MS, baseMs * 2 ** exponent) +
    Math.min(MAX_JITTER_MS, baseMs) * random()
  );
}
