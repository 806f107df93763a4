import { RETRY_UNPAID } from './should-retry.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { CacheMarks } from '../prefix/cache-marks.ts';
import type { AttemptFailure, AttemptOutcome } from './provider.ts';

/** A provider's batches: many requests in one job, answered within a day at a lower price. */
export interface BatchApi {
  /** The limits of one batch. */
  readonly most: { readonly rows: number; readonly bytes: number };
  /** Writes a request as a row. Returns a failure if the row does not fit into any batch. */
  rowOf(customId: string, request: PromptRequest, marks?: CacheMarks): RowText;
  /** Uploads the rows, for free. Returns the file's id; undefined if `create` sends the rows. */
  upload(chunk: ChunkToSend, signal: AbortSignal): Promise<Reply<string | undefined>>;
  /** Creates the batch. If a failure is `possiblyPaid`, the batch may exist. */
  create(
    chunk: ChunkToSend & { readonly inputFile: string | undefined },
    signal: AbortSignal,
  ): Promise<Reply<BatchState>>;
  /** Finds the batches that an earlier create call may have made. */
  find(intent: BatchIntent, signal: AbortSignal): Promise<Reply<readonly BatchState[]>>;
  inspect(id: string, signal: AbortSignal): Promise<Reply<BatchState>>;
  cancel(id: string, signal: AbortSignal): Promise<Reply<BatchState>>;
  /** All rows of a batch that has ended, judged like answers to single requests. */
  collect(
    batch: EndedBatch,
    requestOf: (customId: string) => PromptRequest | undefined,
    signal: AbortSignal,
  ): Promise<Reply<readonly CollectedRow[]>>;
  /** Tries to delete input and output files. */
  deleteFiles(files: readonly string[], signal: AbortSignal): Promise<void>;
}

export type RowText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly failure: AttemptFailure };

export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: AttemptFailure };

export interface ChunkToSend {
  /** Volley's own id for the chunk, in hex digits. */
  readonly id: string;
  readonly model: string;
  /** As returned by `rowOf`. */
  readonly rows: readonly string[];
}

/** What is known about a batch before it is created. */
export interface BatchIntent {
  readonly id: string;
  readonly rows: number;
  /** Wall time before the create call. */
  readonly sinceEpochMs: number;
  readonly inputFile: string | undefined;
}

export interface BatchState {
  readonly id: string;
  /** `refused`: nothing was processed. */
  readonly phase: 'running' | 'ended' | 'refused';
  /** The provider's own word: `validating`, `in_progress`, … */
  readonly word: string;
  /** Undefined if the provider does not report progress. */
  readonly done: number | undefined;
  /** Its input and output files, if any. */
  readonly files: readonly string[];
  /** The files that contain result rows. */
  readonly outputs?: readonly string[];
  /** Only if `refused`. `isQueueFull`: try again later. */
  readonly refusal?: { readonly message: string; readonly isQueueFull: boolean };
}

export interface EndedBatch extends BatchState {
  /** Custom ids of the rows. */
  readonly rows: readonly string[];
}

export interface CollectedRow {
  readonly customId: string;
  readonly outcome: AttemptOutcome;
}

/** The outcome of a row that the provider neither processed nor charged. */
export function unprocessed(why: string): AttemptOutcome {
  return {
    kind: 'failed',
    failure: {
      code: 'SERVER_ERROR',
      message: `the batch ${why} before this row was processed`,
      ...RETRY_UNPAID,
    },
  };
}
