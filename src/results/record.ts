import type { FailureCode } from '../errors/failure.ts';

/** One line of the results: `schemas/result.schema.json`. Keys are in the order in which they are written. */
export interface ResultRecord {
  readonly v: 1;
  readonly id: string;
  /** Id of the manifest's entry. */
  readonly task: string;
  readonly index: number;
  readonly status: 'succeeded' | 'failed' | 'canceled' | 'skipped';
  /** Only when succeeded. */
  readonly output?: string;
  /** What came before it went wrong. */
  readonly partial_output?: string;
  readonly error?: RecordError;
  readonly provider: string;
  readonly model: string;
  readonly finish_reason: string | null;
  readonly usage: RecordUsage | null;
  /** US dollars; null where the price is unknown. */
  readonly cost_usd: number | null;
  readonly attempts: number;
  readonly retries: number;
  /** Attempts that may have been charged without a usable answer; absent when 0. */
  readonly possibly_paid_attempts?: number;
  /** The most that these can have cost, in US dollars; absent when nothing bounds it. */
  readonly possibly_paid_usd?: number;
  readonly queued_ms: number;
  readonly duration_ms: number;
  readonly started_at: string;
  readonly finished_at: string;
  readonly request_id: string | null;
  readonly fingerprint: string | null;
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
