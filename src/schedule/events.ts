import type { PauseCause } from '../pace/state.ts';
import type { CacheTotals } from '../prefix/cache-entries.ts';
import type { AttemptFailure, AttemptOutcome, Answer, Usage } from '../providers/provider.ts';
import type { Failure } from '../errors/failure.ts';
import type { ModelName } from '../manifest/manifest.ts';
import type { Message, PromptRequest, Task } from '../plan/task.ts';

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
  /** What has held the lane up lately; null once nothing does. */
  | { readonly type: 'lane_bound'; readonly lane: LaneName; readonly bound: Bound | null }
  /** A step in the life of a batch, or how far the provider has come with it. */
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
      /** Rows the provider has processed; null where it does not count. */
      readonly done: number | null;
      readonly ageMs: number;
      /** What is worth reading, where it is more than the step. */
      readonly message?: string;
    }
  | { readonly type: 'lane_stopped'; readonly lane: LaneName; readonly failure: Failure };

/** A model that was asked and gave no answer, before another was. */
export interface Try {
  readonly model: ModelName;
  readonly failure: Failure;
  /** HTTP requests made; 0 when nothing more is sent there. */
  readonly attempts: number;
  /** US dollars; null where the price is unknown. */
  readonly costUsd: number | null;
  readonly cacheSavedUsd: number | null;
  /** The most that attempts without usage can have cost beyond `costUsd`; null where nothing bounds it. */
  readonly possiblyPaidUsd: number | null;
}

/** What a warm-up call cost, which no task made. */
export interface WarmedUp {
  readonly lane: LaneName;
  /** Undefined: no answer came. */
  readonly usage: Usage | undefined;
  /** US dollars; null where the price is unknown. */
  readonly costUsd: number | null;
  readonly cacheSavedUsd: number | null;
  /** The most that it can have cost where no answer came; null where nothing bounds it. */
  readonly possiblyPaidUsd: number | null;
}

/** One request of a task and what came of it. */
export interface AttemptMade {
  readonly task: Task;
  /** 1 for the first. */
  readonly attempt: number;
  readonly request: PromptRequest;
  readonly outcome: AttemptOutcome;
  readonly startedEpochMs: number;
  readonly durationMs: number;
  /** US dollars; null where it is not known. */
  readonly costUsd: number | null;
}

/** How one task ended. */
export interface TaskOutcome {
  readonly task: Task;
  /** The model that answered, or was asked last. */
  readonly model: ModelName;
  /** Models that were asked before. */
  readonly tried: readonly Try[];
  readonly result:
    | { readonly status: 'succeeded'; readonly answer: Answer }
    | {
        /** Skipped: it was not to be sent. */
        readonly status: 'failed' | 'canceled' | 'skipped';
        readonly failure: Failure | AttemptFailure;
      };
  /** What came with the last attempt that was answered in part, or with what does not do. */
  readonly partialOutput?: string | undefined;
  /** `sha256:…`; undefined when the task could not be rendered. */
  readonly fingerprint: string | undefined;
  /** As filled in; undefined when it could not be. */
  readonly prompt?: string | readonly Message[] | undefined;
  /** HTTP requests made; 0 when none was. */
  readonly attempts: number;
  /** Attempts that may have been charged without a usable answer. */
  readonly possiblyPaidAttempts: number;
  /** Summed over all attempts that were answered; undefined when none was. */
  readonly usage: Usage | undefined;
  /** US dollars of all attempts that were answered; null where the price is unknown. */
  readonly costUsd: number | null;
  /** US dollars that caching saved, negative when it cost more; null where the price is unknown. */
  readonly cacheSavedUsd: number | null;
  /** The most that attempts without usage can have cost beyond `costUsd`; null where nothing bounds it. */
  readonly possiblyPaidUsd: number | null;
  /** The provider's id of the batch that it came with; absent for requests of its own. */
  readonly batchId?: string;
  /** From the moment the task was taken from the feed to its first attempt. */
  readonly queuedMs: number;
  /** From its first attempt to its end, waits between attempts included. */
  readonly durationMs: number;
  readonly startedAtEpochMs: number;
  readonly finishedAtEpochMs: number;
  readonly waitedMs: WaitedMs;
}

/**
 * What a task can wait for; the first four are named as the limits are. `needs`: its lane had room
 * and nothing to send until what the task needs had ended. Counted for the task that is sent next,
 * not for all that wait for the same, so that these times add up to at most the lane's.
 */
export const WAIT_REASONS = [
  'rpm',
  'tpm',
  'itpm',
  'otpm',
  'concurrency',
  'pause',
  'retry',
  'needs',
] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];
export type WaitedMs = Readonly<Partial<Record<WaitReason, number>>>;

/** What a lane waited for most, and the limit that made it wait. */
export interface Bound {
  readonly reason: Exclude<WaitReason, 'retry'>;
  /** Share of the observed time, 0 to 1. */
  readonly share: number;
  /** Undefined for a pause and for a rate that is but a guess, where the server names none, and for `needs`. */
  readonly limit: LimitInForce | undefined;
  /** What most of the pauses were for. Only for `pause`. */
  readonly pausedBy?: PauseCause;
  /**
   * Share of the slots' time that went to writing results, 0 to 1. Only for `concurrency`, and only
   * where it is much: more at once would not help then.
   */
  readonly keepingShare?: number;
}

export interface LimitInForce {
  readonly amount: number;
  /** Undefined for requests at once. */
  readonly spanMs: number | undefined;
  /**
   * `declared` in the manifest, `announced` by the server, `met` by being refused; `growing` while
   * nothing has stopped the concurrency from growing; `run`: the run's own bound on that number.
   */
  readonly source: 'declared' | 'announced' | 'met' | 'growing' | 'run';
}

export interface LaneBound extends Bound {
  readonly lane: LaneName;
}

/** What only the scheduler knows at the end. */
export interface ScheduleTotals {
  readonly rateLimited: number;
  readonly highestConcurrency: number;
  /** Where each lane's time went while nothing could be sent. */
  readonly waitedMs: ReadonlyMap<LaneName, WaitedMs>;
  /** What held up the lane that was held up most; undefined when none was much. */
  readonly boundBy: LaneBound | undefined;
  /** What came of caching, for each lane where something is cached. */
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
