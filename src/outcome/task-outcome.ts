import type { Failure, FailureCode } from '../errors/failure.ts';
import type { ModelName } from '../manifest/manifest.ts';
import type { Message, PromptRequest, Task } from '../plan/task.ts';
import type { Answer, AttemptFailure, AttemptOutcome, Usage } from '../providers/provider.ts';
import type { LaneName } from './schedule-events.ts';
import type { WaitedMs } from './time-waited.ts';

/** A model that was asked first and did not answer. */
export interface Try {
  readonly model: ModelName;
  readonly failure: Failure;
  /** HTTP requests made; 0 if nothing was sent to it. */
  readonly attempts: number;
  /** US dollars; null if the price is unknown. */
  readonly costUsd: number | null;
  readonly cacheSavedUsd: number | null;
  /**
   * The most that attempts without usage may have cost beyond `costUsd`; null if nothing limits it.
   */
  readonly possiblyPaidUsd: number | null;
}

/** The cost of a warm-up call, which does not belong to any task. */
export interface WarmedUp {
  readonly lane: LaneName;
  /** Undefined if no answer arrived. */
  readonly usage: Usage | undefined;
  /** US dollars; null if the price is unknown. */
  readonly costUsd: number | null;
  readonly cacheSavedUsd: number | null;
  /** The most that the call may have cost if no answer arrived; null if nothing limits it. */
  readonly possiblyPaidUsd: number | null;
}

/** One request of a task and its result. */
export interface AttemptMade {
  readonly task: Task;
  /** 1 for the first. */
  readonly attempt: number;
  readonly request: PromptRequest;
  readonly outcome: AttemptOutcome;
  readonly startedEpochMs: number;
  readonly durationMs: number;
  /** US dollars; null if unknown. */
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
        /** `skipped`: the task was not supposed to be sent. */
        readonly status: 'failed' | 'canceled' | 'skipped';
        readonly failure: Failure | AttemptFailure;
      };
  /** The text of the last partial or unusable answer. */
  readonly partialOutput?: string | undefined;
  /** `sha256:…`; undefined when the task could not be rendered. */
  readonly fingerprint: string | undefined;
  /** As rendered; undefined if it could not be rendered. */
  readonly prompt?: string | readonly Message[] | undefined;
  /** HTTP requests sent; 0 if there were none. */
  readonly attempts: number;
  /** Attempts that may have been charged without a usable answer. */
  readonly possiblyPaidAttempts: number;
  /** Summed across all answered attempts; undefined if there were none. */
  readonly usage: Usage | undefined;
  /** US dollars for all answered attempts; null if the price is unknown. */
  readonly costUsd: number | null;
  /** US dollars that caching saved, negative if it cost more; null if the price is unknown. */
  readonly cacheSavedUsd: number | null;
  /**
   * The most that attempts without usage may have cost beyond `costUsd`; null if nothing limits it.
   */
  readonly possiblyPaidUsd: number | null;
  /** The provider's id of the batch that contained the answer; absent for single requests. */
  readonly batchId?: string;
  /** The time from when the task was taken from the feed to its first attempt. */
  readonly queuedMs: number;
  /** The time from its first attempt to its end, including waits between attempts. */
  readonly durationMs: number;
  readonly startedAtEpochMs: number;
  readonly finishedAtEpochMs: number;
  readonly waitedMs: WaitedMs;
}

/** Codes of tasks that are skipped: a condition does not hold, or a needed task failed. */
const SKIPPING: ReadonlySet<FailureCode> = new Set(['CONDITION_FALSE', 'DEPENDENCY_FAILED']);

/** The end of a task that is not sent because of this failure. */
export function unsentResult(failure: Failure): TaskOutcome['result'] {
  return { status: SKIPPING.has(failure.code) ? 'skipped' : 'failed', failure };
}
