import type { Finding } from './finding.ts';

/** Exit codes of the process. After a signal, the code is 128 plus the signal's number. */
export const EXIT = {
  ok: 0,
  tasksFailed: 1,
  usage: 2,
  budget: 3,
  provider: 4,
  pending: 5,
  frozen: 6,
  bug: 70,
  cannotWrite: 74,
  locked: 75,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface VolleyErrorOptions {
  readonly exitCode: ExitCode;
  readonly hint?: string;
  readonly findings?: readonly Finding[];
  /** Errors in the manifest that are not in `findings`. Default: 0. */
  readonly omittedErrors?: number;
  readonly cause?: unknown;
}

/**
 * The only error class. It is for errors that users can act on; anything else that is thrown is a
 * bug.
 */
export class VolleyError extends Error {
  override readonly name = 'VolleyError';
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  /** Findings about the manifest, if they are the reason for the error. */
  readonly findings: readonly Finding[];
  /** Errors in the manifest that `findings` leaves out. */
  readonly omittedErrors: number;

  constructor(message: string, options: VolleyErrorOptions) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.exitCode = options.exitCode;
    this.hint = options.hint;
    this.findings = options.findings ?? [];
    this.omittedErrors = options.omittedErrors ?? 0;
  }
}
