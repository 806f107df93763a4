import type { Limits } from '../manifest/manifest.ts';
import type { TokenCounting } from '../providers/token-counting.ts';
import { declaredBuckets } from './bucket.ts';
import type { AnnouncedBucket, DeclaredBucket, FoundBucket } from './bucket.ts';
import { createConcurrency, type Concurrency, type ConcurrencyStart } from './concurrency.ts';
import { NO_ANSWERS, type AnswerMean, type Expected } from './load.ts';
import { createRecentSends, type RecentSends, type Sent } from './recent-sends.ts';

/** Why a lane pauses. Declaring limits does not help against an overloaded server. */
export type PauseCause = 'rate_limited' | 'overloaded';

/** Everything that decides when a lane may send. Only `pace.ts`, `refusal.ts` and `probe.ts` change it. */
export interface PaceState extends Expected {
  readonly policy: TokenCounting;
  declared: readonly DeclaredBucket[];
  /** In the order in which they were first announced. */
  readonly announced: AnnouncedBucket[];
  found: FoundBucket | undefined;
  readonly concurrency: Concurrency;
  /** Runs that share the lane, including this one. */
  runs: number;
  inFlight: number;
  mostInFlight: number;
  /** Requests without an answer or a failure so far, in the order in which they were sent. */
  readonly unanswered: Set<Sent>;
  pausedUntilMs: number;
  pausedBy: PauseCause;
  /** Set while the server admits nothing. */
  probing: Probing | undefined;
  /** When something other than a refusal last came back. */
  answeredMs: number;
  readonly recent: RecentSends;
  episode: Episode;
  /** Whether a limit was ever met. */
  wasRefused: boolean;
  /** Sequence number of the next request. */
  nextSequence: number;
  firstSentMs: number | undefined;
  lastSentMs: number;
  /** Sequence number of the latest request that took the last free slot. */
  lastFull: number;
  /** See `Expected`. */
  outputTokens: AnswerMean;
  /** Milliseconds from the send to the answer. */
  durations: AnswerMean;
}

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
export interface Episode {
  /**
   * Sequence number of the first request after the latest decrease. Refusals of earlier requests
   * belong to the cause of that decrease.
   */
  readonly afterDecrease: number;
  /** The latest refusal that was learned from. */
  readonly last: Sent | undefined;
  /** Refusals in a row that were learned from, with nothing admitted between them. */
  readonly streak: number;
  /** When the streak began, and how many concurrent requests were allowed then. */
  readonly sinceMs: number;
  readonly sizeBefore: number;
  /** The pause after the latest refusal. */
  readonly pauseMs: number;
  /** Whether the concurrency was assumed to be the cause. */
  readonly isCeiling: boolean;
}

export const NO_EPISODE: Episode = {
  afterDecrease: 0,
  last: undefined,
  streak: 0,
  sinceMs: 0,
  sizeBefore: 1,
  pauseMs: 0,
  isCeiling: false,
};

/** `start`: the initial concurrency, if an earlier run found one. */
export function createPaceState(
  limits: Limits,
  policy: TokenCounting,
  start?: ConcurrencyStart,
): PaceState {
  return {
    policy,
    declared: declaredBuckets(limits),
    announced: [],
    found: undefined,
    concurrency: createConcurrency(limits.concurrency, start),
    inFlight: 0,
    runs: 1,
    mostInFlight: 0,
    unanswered: new Set(),
    pausedUntilMs: -Infinity,
    pausedBy: 'rate_limited',
    probing: undefined,
    answeredMs: -Infinity,
    recent: createRecentSends(),
    episode: NO_EPISODE,
    wasRefused: false,
    nextSequence: 0,
    firstSentMs: undefined,
    lastSentMs: -Infinity,
    lastFull: -1,
    outputTokens: NO_ANSWERS,
    durations: NO_ANSWERS,
  };
}
