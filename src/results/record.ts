import type { FailureCode } from '../errors/failure.ts';
import type { WaitedMs } from '../schedule/events.ts';
import type { MatrixCombination } from '../manifest/manifest.ts';
import type { JsonValue } from '../ports/json.ts';

/** One line of the results: `schemas/result.schema.json`. Keys are in the order in which they are written. */
export interface ResultRecord {
  readonly v: 1;
  readonly id: string;
  /** Id of the manifest's entry. */
  readonly task: string;
  readonly index: number;
  /** The row's key as it is in the data; the 1-based row if there is none; absent without `for_each`. */
  readonly key?: JsonValue;
  /** The combination of the matrix; absent without one. */
  readonly matrix?: MatrixCombination;
  readonly status: 'succeeded' | 'failed' | 'canceled' | 'skipped';
  /** The row, without the text of its file. Only when asked for. */
  readonly item?: JsonValue;
  /** The prompt that was sent. Only when asked for. */
  readonly prompt?: JsonValue;
  /** Only when succeeded: the text, or the parsed value of a task with a schema. */
  readonly output?: JsonValue;
  /** Only where the answer fails the task's `expect`. */
  readonly expected?: false;
  /** In what it fails it. */
  readonly unexpected_reason?: string;
  /** What came before it went wrong. */
  readonly partial_output?: string;
  readonly error?: RecordError;
  /** The model that answered, or was asked last. */
  readonly provider: string;
  readonly model: string;
  /** Models that were asked before and gave no answer, first to last; absent when there were none. */
  readonly tried?: readonly RecordTry[];
  readonly finish_reason: string | null;
  readonly usage: RecordUsage | null;
  /** Some of it was not reported, or cannot be, and is estimated; absent otherwise. */
  readonly usage_estimated?: true;
  /** US dollars; null where the price is unknown. */
  readonly cost_usd: number | null;
  readonly attempts: number;
  readonly retries: number;
  /** Id of the task whose request was the same and whose answer this is; then nothing was sent for this one. */
  readonly shared_with?: string;
  /** The answer came from the response cache; nothing was sent. */
  readonly cached?: true;
  /** It came with a batch; absent for a request of its own. */
  readonly mode?: 'batch';
  /** The provider's id of that batch. */
  readonly batch_id?: string;
  /** Attempts that may have been charged without a usable answer; absent when 0. */
  readonly possibly_paid_attempts?: number;
  /** The most that these, and answers whose usage is estimated, can have cost beyond `cost_usd`; absent when nothing bounds it. */
  readonly possibly_paid_usd?: number;
  /** What earlier records of this task cost that were dropped for this one, possibly paid attempts included; absent when nothing. */
  readonly superseded_usd?: number;
  readonly queued_ms: number;
  readonly duration_ms: number;
  /** Milliseconds spent waiting, by what for; absent when there were none. */
  readonly waited?: WaitedMs;
  readonly started_at: string;
  readonly finished_at: string;
  readonly request_id: string | null;
  readonly fingerprint: string | null;
  /** What tells that Volley wrote this record, under the caller's key: see `seal.ts`. */
  readonly seal?: string;
}

/** All that a record tells of money that was spent or may have been, in US dollars; what is unknown counts 0. */
export function spentUsd(
  record: Pick<ResultRecord, 'cost_usd' | 'possibly_paid_usd' | 'superseded_usd'>,
): number {
  return (record.cost_usd ?? 0) + (record.possibly_paid_usd ?? 0) + (record.superseded_usd ?? 0);
}

/** Succeeded, or was skipped as its own condition asked. */
export function endedWell({ status, error }: Pick<ResultRecord, 'status' | 'error'>): boolean {
  return status === 'succeeded' || (status === 'skipped' && error?.code === 'CONDITION_FALSE');
}

export interface RecordTry {
  readonly provider: string;
  readonly model: string;
  /** 0 when nothing was sent there any more. */
  readonly attempts: number;
  /** US dollars, part of the record's own; null where the price is unknown. */
  readonly cost_usd: number | null;
  readonly error: Pick<RecordError, 'code' | 'message' | 'http_status'>;
}

export interface RecordError {
  readonly code: FailureCode;
  readonly message: string;
  readonly http_status: number | null;
  readonly retryable: boolean;
  readonly hint: string | null;
}

export interface RecordUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly reasoning_tokens: number;
  readonly total_tokens: number;
}
