/**
 * Why a task has no answer, as in a record's `error.code`. A code is never reused with another
 * meaning.
 */
export type FailureCode =
  | 'RATE_LIMITED'
  | 'QUOTA_EXHAUSTED'
  | 'AUTH'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_REQUEST'
  | 'CONTEXT_TOO_LONG'
  | 'TOO_LARGE'
  | 'OVERLOADED'
  | 'SERVER_ERROR'
  | 'TIMEOUT'
  | 'NETWORK'
  | 'BAD_RESPONSE'
  | 'EMPTY_OUTPUT'
  | 'REFUSED'
  | 'CONTENT_FILTERED'
  | 'TRUNCATED'
  | 'SCHEMA_MISMATCH'
  | 'BUDGET'
  | 'CANCELED'
  | 'DEPENDENCY_FAILED'
  | 'CONDITION_FALSE'
  | 'TEMPLATE';

/** An expected failure of a task or an attempt: a value, never thrown. */
export interface Failure {
  readonly code: FailureCode;
  /** What happened, on one line, without secrets. */
  readonly message: string;
  readonly httpStatus?: number;
  /** Whether the same request may succeed if sent again. */
  readonly retryable: boolean;
  readonly hint?: string;
}

/** The message of anything that was thrown, or that was the reason of an abort. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
