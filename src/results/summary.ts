import type { Bound, LimitInForce } from '../schedule/events.ts';
import type { RecordUsage } from './record.ts';
import type { CacheStop } from '../prefix/cache-entries.ts';
import type { StopReason, WaitReason } from '../schedule/events.ts';

/** Totals of a run. `succeeded + failed + canceled + skipped + not_started = tasks`, always. */
export interface Summary {
  readonly v: 1;
  readonly tasks: number;
  /** Those that an earlier run did are among them. */
  readonly succeeded: number;
  /** Tasks whose record an earlier run left: nothing was sent for them. */
  readonly kept: number;
  /** Answers that are used although they were not sealed under the caller's key; absent when there are none. */
  readonly from_elsewhere?: number;
  /** Tasks that succeeded with an answer from the response cache; absent when there are none. */
  readonly cached?: number;
  /** Tasks that succeeded with an answer that does not meet `expect`; absent when there are none. */
  readonly unexpected?: number;
  readonly failed: number;
  readonly canceled: number;
  readonly skipped: number;
  /** They have no record of this run. */
  readonly not_started: number;
  /**
   * Tasks not started because they are not part of this run: `--retry-failed` leaves out what did
   * not fail; absent when there are none.
   */
  readonly left_out?: number;
  /** Batches that are not collected yet; absent when there are none. */
  readonly batches_pending?: number;
  /** US dollars that batches saved; absent without them, or where a price is unknown. */
  readonly batch_saved_usd?: number;
  readonly duration_ms: number;
  readonly usage: RecordUsage;
  /** Tasks whose usage is estimated, at least in part; absent when there are none. */
  readonly usage_estimated?: number;
  /** Share of input tokens that came from a cache, 0 to 1; null when no input was counted. */
  readonly cache_hit_share: number | null;
  /** US dollars; null where a price is unknown. */
  readonly cost_usd: number | null;
  /** The same by model, in the order in which they were asked first; absent when nothing was sent. */
  readonly models?: readonly SummaryModel[];
  /** US dollars that caching saved, negative when it cost more; null where a price is unknown. */
  readonly cache_saved_usd: number | null;
  /**
   * Input tokens of beginnings that tasks share, and how many of them were read from a cache;
   * absent when none was worth caching.
   */
  readonly shared_tokens?: number;
  readonly shared_tokens_read?: number;
  /** Models for which caching was given up; absent when there are none. */
  readonly caching_stopped?: ReadonlyArray<{
    readonly model: string;
    readonly reason: CacheStop;
    readonly diagnosis?: string;
  }>;
  /**
   * Calls of the provider's own that wrote a shared prefix to its cache, and what they cost of
   * `cost_usd`; absent when there were none.
   */
  readonly warm_ups?: number;
  readonly warm_ups_usd?: number | null;
  readonly attempts: number;
  readonly retries: number;
  readonly possibly_paid_attempts: number;
  /**
   * The most that these, and answers whose usage is estimated, can have cost beyond `cost_usd`;
   * absent when there are none or nothing bounds it.
   */
  readonly possibly_paid_usd?: number;
  /** Answers with status 429. */
  readonly rate_limited: number;
  readonly highest_concurrency: number;
  /** Share of all task time spent waiting, by reason, 0 to 1. */
  readonly waiting_share: Readonly<Partial<Record<WaitReason, number>>>;
  /** What held up the model that was held up most, of the whole run; null when none was much. */
  readonly bound_by: SummaryBound | null;
  readonly stopped_by: StopReason['kind'] | 'unwritable' | null;
}

/** What a model did, as far as it was asked in this run. */
export interface SummaryModel {
  /** `provider/model`. */
  readonly model: string;
  /** Tasks that it answered, or was asked last for. */
  readonly tasks: number;
  readonly succeeded: number;
  /** US dollars, also for tasks that another model answered in the end; null where the price is unknown. */
  readonly cost_usd: number | null;
}

export interface SummaryBound {
  /** `provider/model`. */
  readonly lane: string;
  readonly reason: Bound['reason'];
  /** Share of the run's time, 0 to 1. */
  readonly share: number;
  /** The limit; null for pauses and while a rate is but a guess, as the server names none, and for `needs`. */
  readonly limit: {
    readonly amount: number;
    /** The time that `amount` is for; null for requests at once. */
    readonly span_ms: number | null;
    readonly source: LimitInForce['source'];
  } | null;
  /** What most of the pauses were for; only with `pause`. */
  readonly paused_by?: NonNullable<Bound['pausedBy']>;
  /**
   * Share of the slots' time that went to writing results, 0 to 1. Only if that, and not the limit,
   * is the bottleneck.
   */
  readonly keeping_share?: number;
}

/** What to say of tasks without a record: what was sent may be among those that could not be written. */
export function unfinishedWords({ stopped_by: stoppedBy }: Summary): string {
  return stoppedBy === 'unwritable' ? 'without a result' : 'not started';
}

/** Nothing is left that could be sent again: what is skipped after a failure never is alone. */
export function isFinished(summary: Summary): boolean {
  const { succeeded, skipped, left_out: leftOut = 0, tasks } = summary;
  return succeeded + skipped + leftOut === tasks;
}

/** Every task of this run succeeded as expected, or was skipped for a good reason. */
export function wentWell(summary: Summary): boolean {
  return isFinished(summary) && (summary.unexpected ?? 0) === 0;
}
