import type { PromptRequest } from '../plan/task.ts';
import type { CacheMarks } from '../prefix/marks.ts';
import type { AttemptFailure, AttemptOutcome } from './provider.ts';

/** The batch interface of a provider: many requests in one job, answered within a day at a lower price. */
export interface BatchApi {
  /** The most that one batch may hold. */
  readonly most: { readonly rows: number; readonly bytes: number };
  /** One request as a row of a batch; a failure where no batch can hold it. */
  rowOf(customId: string, request: PromptRequest, marks?: CacheMarks): RowText;
  /** Sends what costs nothing yet. Gives the id of the input file; undefined where rows go with the create. */
  upload(chunk: ChunkToSend, signal: AbortSignal): Promise<Reply<string | undefined>>;
  /** Creates the batch. A failure that is `possiblyPaid` leaves open whether it exists. */
  create(
    chunk: ChunkToSend & { readonly inputFile: string | undefined },
    signal: AbortSignal,
  ): Promise<Reply<BatchState>>;
  /** The batches that such a create can have made. */
  find(intent: BatchIntent, signal: AbortSignal): Promise<Reply<readonly BatchState[]>>;
  inspect(id: string, signal: AbortSignal): Promise<Reply<BatchState>>;
  cancel(id: string, signal: AbortSignal): Promise<Reply<BatchState>>;
  /** All rows of a batch that has ended, judged as answers to single requests are. */
  collect(
    batch: EndedBatch,
    requestOf: (customId: string) => PromptRequest | undefined,
    signal: AbortSignal,
  ): Promise<Reply<readonly CollectedRow[]>>;
  /** Deletes input and output files. What cannot be deleted stays. */
  deleteFiles(files: readonly string[], signal: AbortSignal): Promise<void>;
}

export type RowText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly failure: AttemptFailure };

export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: AttemptFailure };

export interface ChunkToSend {
  /** Volley's own name for it: hex digits. */
  readonly id: string;
  readonly model: string;
  /** As `rowOf` gave them. */
  readonly rows: readonly string[];
}

/** What is known of a batch before it is created. */
export interface BatchIntent {
  readonly id: string;
  readonly rows: number;
  /** Wall time before the create was sent. */
  readonly sinceEpochMs: number;
  readonly inputFile: string | undefined;
}

export interface BatchState {
  readonly id: string;
  /** `refused`: nothing of it was processed. */
  readonly phase: 'running' | 'ended' | 'refused';
  /** The provider's own word: `validating`, `in_progress`, … */
  readonly word: string;
  /** Undefined where the provider does not count while it works. */
  readonly done: number | undefined;
  /** Its input and output files, where it has any. */
  readonly files: readonly string[];
  /** Those of them that contain rows. */
  readonly outputs?: readonly string[];
  /** Only when `refused`. `isQueueFull`: there is no room for it now. */
  readonly refusal?: { readonly message: string; readonly isQueueFull: boolean };
}

export interface EndedBatch extends BatchState {
  /** Custom ids of its rows. */
  readonly rows: readonly string[];
}

export interface CollectedRow {
  readonly customId: string;
  readonly outcome: AttemptOutcome;
}

/** A row that the provider did not process, and does not charge. */
export function unprocessed(why: string): AttemptOutcome {
  return {
    kind: 'failed',
    failure: {
      code: 'SERVER_ERROR',
      message: `the batch ${why} before this row was processed`,
      retryable: true,
      reach: 'task',
      possiblyPaid: false,
    },
  };
}
