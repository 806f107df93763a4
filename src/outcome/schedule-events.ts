import type { Failure } from '../errors/failure.ts';
import type { CacheTotals } from '../prefix/hits-and-misses.ts';
import type { Bound } from './lane-bound.ts';
import type { WaitedMs } from './time-waited.ts';

/** `provider/model`. */
export type LaneName = string;

/** What the scheduler reports while it works. Times are the clock's monotonic milliseconds. */
export type ScheduleEvent =
  | {
      readonly type: 'attempt_started';
      readonly id: string;
      readonly lane: LaneName;
      /** 1 for the first. */
      readonly attempt: number;
      readonly atMs: number;
    }
  | {
      readonly type: 'retry_scheduled';
      readonly id: string;
      readonly lane: LaneName;
      /** The attempt that failed. */
      readonly attempt: number;
      readonly delayMs: number;
      readonly failure: Failure;
    }
  /** The task continues with another model. */
  | {
      readonly type: 'task_moved';
      readonly id: string;
      readonly from: LaneName;
      readonly to: LaneName;
      readonly failure: Failure;
    }
  | {
      readonly type: 'lane_paused';
      readonly lane: LaneName;
      readonly untilMs: number;
      readonly failure: Failure;
    }
  /** The recent bottleneck of the lane; null once there is none. */
  | { readonly type: 'lane_bound'; readonly lane: LaneName; readonly bound: Bound | null }
  /** A step in the life of a batch, or the provider's progress with it. */
  | {
      readonly type: 'batch';
      readonly lane: LaneName;
      readonly step:
        | 'submitted'
        | 'running'
        | 'canceled'
        | 'ended'
        | 'collected'
        | 'refused'
        | 'doubtful';
      /** The provider's id; null while there is none. */
      readonly batchId: string | null;
      readonly rows: number;
      /** Rows that the provider has processed; null if it does not count them. */
      readonly done: number | null;
      readonly ageMs: number;
      /** A message for the user about the step. */
      readonly message?: string;
    }
  | { readonly type: 'lane_stopped'; readonly lane: LaneName; readonly failure: Failure };

export interface LaneBound extends Bound {
  readonly lane: LaneName;
}

/** What only the scheduler knows when the run ends. */
export interface ScheduleTotals {
  readonly rateLimited: number;
  readonly highestConcurrency: number;
  /** How each lane spent its time while nothing could be sent. */
  readonly waitedMs: ReadonlyMap<LaneName, WaitedMs>;
  /** The bottleneck of the lane that was delayed most; undefined if none was delayed much. */
  readonly boundBy: LaneBound | undefined;
  /** The effect of caching, for each lane that caches something. */
  readonly caching: ReadonlyArray<CacheTotals & { readonly lane: LaneName }>;
  /** Why dispatch stopped before the end, if it did. */
  readonly stoppedBy: StopReason | undefined;
}

export type StopReason =
  | { readonly kind: 'fail_fast' }
  | { readonly kind: 'provider'; readonly failure: Failure }
  | { readonly kind: 'budget'; readonly message: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'interrupted' }
  /** Batches are with their providers, and the caller does not wait. */
  | { readonly kind: 'detached' };
