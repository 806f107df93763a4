import type { FailureCode } from '../errors/failure.ts';
import type { WaitedMs } from '../outcome/time-waited.ts';
import type { MatrixCombination } from '../manifest/manifest.ts';
import type { JsonValue } from '../ports/json.ts';

/** One line of the results: `schemas/result.schema.json`. Keys are in the order of writing. */
export interface ResultRecord {
  readonly v: 1;
  readonly id: string;
  readonly task: string;
  readonly index: number;
  /** The row's key as in the data, or its 1-based number; absent without `for_each`. */
  readonly key?: JsonValue;
  /** Absent without a matrix. */
  readonly matrix?: MatrixCombination;
  readonly status: 'succeeded' | 'failed' | 'canceled' | 'skipped';
  /** The row, without the text of its file. Included only on request. */
  readonly item?: JsonValue;
  /** The prompt that was sent. Included only on request. */
  readonly prompt?: JsonValue;
  /** The text, or the parsed value of a task with a schema. Present only if the task succeeded. */
  readonly output?: JsonValue;
  /** Present only if the answer does not meet the task's `expect`. */
  readonly expected?: false;
  /** Why the answer does not meet `expect`. */
  readonly unexpected_reason?: string;
  /** The part received before the failure. */
  readonly partial_output?: string;
  readonly error?: RecordError;
  /** The model that answered or was asked last. */
  readonly provider: string;
  readonly model: string;
  /** Models that were asked before without success, in order. */
  readonly tried?: readonly RecordTry[];
  readonly finish_reason: string | null;
  readonly usage: RecordUsage | null;
  /** Some of the usage is estimated, because the provider did not report it. */
  readonly usage_estimated?: true;
  /** US dollars; null if the price is unknown. */
  readonly cost_usd: number | null;
  readonly attempts: number;
  readonly retries: number;
  /** Id of the task with the same request, whose answer is used. Nothing was sent. */
  readonly shared_with?: string;
  /** The answer came from the response cache; nothing was sent. */
  readonly cached?: true;
  /** The answer came from a batch; absent for a single request. */
  readonly mode?: 'batch';
  /** The provider's id of that batch. */
  readonly batch_id?: string;
  /** Attempts that may have been charged without a usable answer; absent when 0. */
  readonly possibly_paid_attempts?: number;
  /**
   * The highest possible cost of these attempts, and of answers with estimated usage, beyond
   * `cost_usd`; absent if unlimited.
   */
  readonly possibly_paid_usd?: number;
  /**
   * The cost of earlier records of this task that this one replaced, including attempts that may
   * have been charged; absent if none.
   */
  readonly superseded_usd?: number;
  readonly queued_ms: number;
  readonly duration_ms: number;
  /** Milliseconds spent waiting, by reason; absent if none. */
  readonly waited?: WaitedMs;
  readonly started_at: string;
  readonly finished_at: string;
  readonly request_id: string | null;
  readonly fingerprint: string | null;
  /** Proves that Volley wrote this record with the caller's key: see `seal.ts`. */
  readonly seal?: string;
}

/** All money that was or may have been spent, in US dollars. Unknown costs count as 0. */
export function spentUsd(
  record: Pick<ResultRecord, 'cost_usd' | 'possibly_paid_usd' | 'superseded_usd'>,
): number {
  return (record.cost_usd ?? 0) + (record.possibly_paid_usd ?? 0) + (record.superseded_usd ?? 0);
}

/** Whether the task succeeded, or was skipped by its own condition. */
export function endedWell({ status, error }: Pick<ResultRecord, 'status' | 'error'>): boolean {
  return status === 'succeeded' || (status === 'skipped' && error?.code === 'CONDITION_FALSE');
}

export interface RecordTry {
  readonly provider: string;
  readonly model: string;
  /** 0 if nothing was sent to it. */
  readonly attempts: number;
  /** US dollars, included in the record's own; null if the price is unknown. */
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

export const TOKEN_KINDS = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
] as const;

export type RecordUsage = Readonly<Record<(typeof TOKEN_KINDS)[number] | 'total_tokens', number>>;
