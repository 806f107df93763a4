import type { Limits } from '../manifest/manifest.ts';
import type { TokenCounting } from '../providers/token-counting.ts';
import { declaredBuckets } from './bucket.ts';
import type { AnnouncedBucket, DeclaredBucket, FoundBucket } from './bucket.ts';
import { createConcurrency, type Concurrency, type ConcurrencyStart } from './concurrency.ts';
import { NO_ANSWERS, type AnswerMean, type Expected } from './load.ts';
import { createRecentSends, type RecentSends, type Sent } from './recent-sends.ts';

/** Why a lane pauses. An overloaded server is not a matter of limits: declaring some does not help. */
export type PauseCause = 'rate_limited' | 'overloaded';

/**
 * All that decides when a lane may send. `pace.ts` owns it; `refusal.ts` and `probe.ts` change it on
 * its behalf, and nothing else does.
 */
export interface PaceState extends Expected {
  readonly policy: TokenCounting;
  declared: readonly DeclaredBucket[];
  /** In the order in which they were first announced. */
  readonly announced: AnnouncedBucket[];
  found: FoundBucket | undefined;
  readonly concurrency: Concurrency;
  /** Runs that send on the lane: more than 1 where they share it. */
  runs: number;
  inFlight: number;
  mostInFlight: number;
  /** Those in flight that nothing came back from yet, in the order in which they were sent. */
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
  /** Of the latest request that took the last free slot. */
  lastFull: number;
  /** See `Expected`. */
  outputTokens: AnswerMean;
  /** Milliseconds from the send to the answer. */
  durations: AnswerMean;
}

/** One request at a time finds out whether a server that refused everything admits requests again. */
export interface Probing {
  readonly sinceMs: number;
  /** The concurrency before the trouble. */
  readonly sizeBefore: number;
  /** Probes since the latest refusal, none of them refused yet. */
  unrefused: number;
  lastMs: number;
}

/** Refusals so far, as one story. */
export interface Episode {
  /** The first request after the latest decrease: earlier ones belong to what caused it. */
  readonly afterDecrease: number;
  /** The latest refusal that was learned from. */
  readonly last: Sent | undefined;
  /** Refusals in a row that were learned from, with nothing admitted between them. */
  readonly streak: number;
  /** When the streak began, and how many were allowed at once then. */
  readonly sinceMs: number;
  readonly sizeBefore: number;
  /** How long the latest refusal kept the lane from sending. */
  readonly pauseMs: number;
  /** Whether it was put down to the concurrency. */
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

/** `start`: where the number at once begins, if an earlier run found that out. */
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
