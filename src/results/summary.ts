import type { Bound, LimitInForce } from '../outcome/lane-bound.ts';
import type { RecordUsage } from './record.ts';
import type { CacheStop } from '../prefix/hits-and-misses.ts';
import type { StopReason } from '../outcome/schedule-events.ts';
import type { WaitReason } from '../outcome/time-waited.ts';

/** Totals of a run. Always `succeeded + failed + canceled + skipped + not_started = tasks`. */
export interface Summary {
  readonly v: 1;
  readonly tasks: number;
  /** Includes tasks from earlier runs. */
  readonly succeeded: number;
  /** Tasks with a record from an earlier run, which were not sent. */
  readonly kept: number;
  /** Answers used although they were not sealed with the caller's key; absent if none. */
  readonly from_elsewhere?: number;
  /** Tasks that succeeded with an answer from the response cache; absent if none. */
  readonly cached?: number;
  /** Tasks that succeeded with an answer that does not meet `expect`; absent if none. */
  readonly unexpected?: number;
  readonly failed: number;
  readonly canceled: number;
  readonly skipped: number;
  /** Tasks without a record in this run. */
  readonly not_started: number;
  /**
   * Tasks that were not started because they are not part of this run: `--retry-failed` leaves out
   * those that did not fail; absent if none.
   */
  readonly left_out?: number;
  /** Batches that have not been collected yet; absent if none. */
  readonly batches_pending?: number;
  /** US dollars saved by batches; absent without batches or if a price is unknown. */
  readonly batch_saved_usd?: number;
  readonly duration_ms: number;
  readonly usage: RecordUsage;
  /** Tasks with usage that is at least partly estimated; absent if none. */
  readonly usage_estimated?: number;
  /** Share of input tokens read from a cache, 0 to 1; null if no input was counted. */
  readonly cache_hit_share: number | null;
  /** US dollars; null if a price is unknown. */
  readonly cost_usd: number | null;
  /** The tasks and cost of each model, in order of first use; absent if nothing was sent. */
  readonly models?: readonly SummaryModel[];
  /** US dollars saved by caching, negative if it cost more; null if a price is unknown. */
  readonly cache_saved_usd: number | null;
  /**
   * Input tokens of shared prefixes, and how many of them were read from a cache; absent if no
   * prefix was worth caching.
   */
  readonly shared_tokens?: number;
  readonly shared_tokens_read?: number;
  /** Models for which caching was stopped; absent if none. */
  readonly caching_stopped?: ReadonlyArray<{
    readonly model: string;
    readonly reason: CacheStop;
    readonly diagnosis?: string;
  }>;
  /**
   * Separate calls that wrote a shared prefix to the provider's cache, and their part of
   * `cost_usd`; absent if none.
   */
  readonly warm_ups?: number;
  readonly warm_ups_usd?: number | null;
  readonly attempts: number;
  readonly retries: number;
  readonly possibly_paid_attempts: number;
  /**
   * The highest possible cost of these attempts, and of answers with estimated usage, beyond
   * `cost_usd`; absent if there are none or it is unlimited.
   */
  readonly possibly_paid_usd?: number;
  readonly rate_limited: number;
  readonly highest_concurrency: number;
  /** Share of all task time spent waiting, by reason, 0 to 1. */
  readonly waiting_share: Readonly<Partial<Record<WaitReason, number>>>;
  /** The main bottleneck of the run; null if there was none. */
  readonly bound_by: SummaryBound | null;
  readonly stopped_by: StopReason['kind'] | 'unwritable' | null;
}

/** What a model did in this run. */
export interface SummaryModel {
  /** `provider/model`. */
  readonly model: string;
  /** Tasks that this model answered, or that it was the last to be asked about. */
  readonly tasks: number;
  readonly succeeded: number;
  /** US dollars, even for tasks that another model answered; null if a price is unknown. */
  readonly cost_usd: number | null;
}

export interface SummaryBound {
  /** `provider/model`. */
  readonly lane: string;
  readonly reason: Bound['reason'];
  /** Share of the run's time, 0 to 1. */
  readonly share: number;
  /** Null for pauses, for `needs`, and for a rate that is a guess because none is announced. */
  readonly limit: {
    readonly amount: number;
    /** The time span of `amount`; null for concurrent requests. */
    readonly span_ms: number | null;
    readonly source: LimitInForce['source'];
  } | null;
  /** The reason for most of the pauses; only with `pause`. */
  readonly paused_by?: NonNullable<Bound['pausedBy']>;
  /**
   * Share of the slots' time spent writing results, 0 to 1. Set only if writing, not the limit, is
   * the bottleneck.
   */
  readonly keeping_share?: number;
}

/** The words for tasks without a record: some may have been sent but could not be written. */
export function unfinishedWords({ stopped_by: stoppedBy }: Summary): string {
  return stoppedBy === 'unwritable' ? 'without a result' : 'not started';
}

/**
 * Whether nothing is left to send. Tasks skipped after a failure always come with the failed one.
 */
export function isFinished(summary: Summary): boolean {
  const { succeeded, skipped, left_out: leftOut = 0, tasks } = summary;
  return succeeded + skipped + leftOut === tasks;
}

/** Whether every task succeeded as expected, or was skipped by its own condition. */
export function wentWell(summary: Summary): boolean {
  return isFinished(summary) && (summary.unexpected ?? 0) === 0;
}
