import type { BatchSettings } from '../manifest/manifest.ts';
import type { LanePrices } from '../money/bill.ts';
import type { BudgetGate } from '../money/budget-wait.ts';
import type { Task } from '../plan/task.ts';
import type { WarmUpOptions } from '../prefix/warm-up.ts';
import type { Clock } from '../ports/clock.ts';
import type { BatchApi } from '../providers/batch-api.ts';
import type { AttemptFailure } from '../providers/provider.ts';
import type { WorstCaseOf } from '../money/worst-case.ts';
import type { LaneName, ScheduleEvent } from '../outcome/schedule-events.ts';
import type { TaskOutcome } from '../outcome/task-outcome.ts';
import type { BatchLine, BatchProvider, BatchRowLine, OpenChunk } from './batch-line.ts';

/** What a run provides for its batches. */
export interface BatchingOptions {
  readonly settings: BatchSettings;
  readonly clock: Clock;
  /** A unique name for a chunk, in hex digits. */
  readonly newId: () => string;
  /** Leaves batches with their providers once all are submitted. */
  readonly detaches: boolean;
  /** Gives up on a create call whose outcome is unknown, so that its rows are sent again. */
  readonly resubmits: boolean;
  /** The chunks that earlier runs with the same results left open. */
  readonly openChunks: readonly OpenChunk[];
  /** Whether the results contain the record of this row. */
  readonly isRecorded: (batchId: string, fingerprint: string) => boolean;
  /**
   * Whether every task of the manifest took part. If so, a row that no task has claimed does not
   * belong to any task.
   */
  readonly coversAll: () => boolean;
  /** Resolves when the line is durable. */
  readonly keepLine: (line: BatchLine) => Promise<void>;
  readonly keepRow: (line: BatchRowLine) => Promise<void>;
  readonly settle: (outcome: TaskOutcome) => Promise<void>;
  /** Called for a task that the feed took but that this run does not send. */
  readonly leave: (task: Task) => void;
  readonly emit: (event: ScheduleEvent) => void;
  readonly worstCase: WorstCaseOf;
  readonly budget: BudgetGate | undefined;
  readonly maxTaskCostUsd: number | undefined;
  /**
   * Aborts when there is no more time for batches. Open batches are canceled, and the other tasks
   * are sent in realtime.
   */
  readonly cutover?: AbortSignal | undefined;
  /** Aborts when nothing new may be submitted. Nothing waits for batches from then on. */
  readonly drain: AbortSignal;
  /** Aborts when calls must be abandoned too. */
  readonly abort: AbortSignal;
}

/** A lane whose tasks can be sent in batches. */
export interface BatchLane extends LanePrices {
  readonly name: LaneName;
  readonly model: string;
  readonly host: string;
  readonly api: BatchApi;
  readonly provider: BatchProvider;
  /** Whether to send a task in a batch. Open batches are always collected. */
  readonly submits: (task: Task) => boolean;
  /** How the lane's requests are cached; absent if they are not. */
  readonly caching?: WarmUpOptions | undefined;
}

/** Why no batch can be created or collected. The run ends, but nothing is lost. */
export class BatchStopped extends Error {
  override readonly name = 'BatchStopped';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** The provider does not have a batch that it once created, or its answers. */
export class BatchGone extends BatchStopped {
  constructor(message: string) {
    super(
      message,
      'use the key and workspace that created the batch; if the provider has deleted it, run again with `--resume --resubmit`, which pays for its rows again',
    );
  }
}

/** Why a batch that was created cannot be inspected or read. */
export function unreadable(what: string, failure: AttemptFailure): BatchStopped {
  if (failure.code !== 'NOT_FOUND') return stoppedBy(what, failure);
  return new BatchGone(`${what}: ${failure.message}`);
}

export function stoppedBy(what: string, { message, hint }: AttemptFailure): BatchStopped {
  return new BatchStopped(`${what}: ${message}`, hint);
}
