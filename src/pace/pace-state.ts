import type { Limits } from '../manifest/manifest.ts';
import type { TokenCounting } from '../providers/what-limits-count.ts';
import { declaredBuckets, type AnnouncedBucket, type FoundBucket } from './bucket.ts';
import { createConcurrency, type ConcurrencyStart } from './concurrency.ts';
import { NO_ANSWERS } from './estimate-output-tokens.ts';
import { createRecentSends, type Sent } from './recent-sends.ts';

/** Why a lane pauses. Declaring limits does not help against an overloaded server. */
export type PauseCause = 'rate_limited' | 'overloaded';

/**
 * The state while the lane sends one request at a time, to find out whether a server that refused
 * everything admits requests again.
 */
export interface Probing {
  readonly sinceMs: number;
  /** The concurrency before the refusals. */
  readonly sizeBefore: number;
  /** Probes since the latest refusal, none of which has been refused yet. */
  unrefused: number;
  lastMs: number;
}

/** The latest refusals, treated as one event. */
export const NO_EPISODE = {
  /**
   * Sequence number of the first request after the latest decrease. Refusals of earlier requests
   * belong to the cause of that decrease.
   */
  afterDecrease: 0,
  /** The latest refusal that was learned from. */
  last: undefined as Sent | undefined,
  /** Refusals in a row that were learned from, with nothing admitted between them. */
  streak: 0,
  /** When the streak began, and how many concurrent requests were allowed then. */
  sinceMs: 0,
  sizeBefore: 1,
  /** The pause after the latest refusal. */
  pauseMs: 0,
  /** Whether the concurrency was assumed to be the cause. */
  isCeiling: false,
};

export type PaceState = ReturnType<typeof createPaceState>;

/**
 * Everything that decides when a lane may send. Only `pace.ts`, `refusal.ts` and `probe.ts` change
 * it. `start`: the initial concurrency, if an earlier run found one.
 */
export function createPaceState(limits: Limits, policy: TokenCounting, start?: ConcurrencyStart) {
  return {
    policy,
    declared: declaredBuckets(limits),
    /** In the order in which they were first announced. */
    announced: [] as AnnouncedBucket[],
    found: undefined as FoundBucket | undefined,
    concurrency: createConcurrency(limits.concurrency, start),
    /** Runs that share the lane, including this one. */
    runs: 1,
    inFlight: 0,
    mostInFlight: 0,
    /** Requests without an answer or a failure so far, in the order in which they were sent. */
    unanswered: new Set<Sent>(),
    pausedUntilMs: -Infinity,
    pausedBy: 'rate_limited' as PauseCause,
    /** Set while the server admits nothing. */
    probing: undefined as Probing | undefined,
    /** When something other than a refusal last came back. */
    answeredMs: -Infinity,
    recent: createRecentSends(),
    episode: NO_EPISODE,
    /** Whether a limit was ever met. */
    wasRefused: false,
    /** Sequence number of the next request. */
    nextSequence: 0,
    firstSentMs: undefined as number | undefined,
    lastSentMs: -Infinity,
    /** Sequence number of the latest request that took the last free slot. */
    lastFull: -1,
    /** See `Expected`. */
    outputTokens: NO_ANSWERS,
    /** Milliseconds from the send to the answer. */
    durations: NO_ANSWERS,
  };
}
