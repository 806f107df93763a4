import type { Failure } from '../errors/failure.ts';
import type { ModelName } from '../manifest/manifest.ts';
import type { Message, PromptRequest, Task } from '../plan/task.ts';
import type { Answer, AttemptFailure, AttemptOutcome, Usage } from '../providers/provider.ts';
import type { LaneName } from './events.ts';
import type { WaitedMs } from './time-waited.ts';

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
  /** Summed across all answered attempts; undefined if there were none. */
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
