import type { Finding } from './finding.ts';

/** The process's exit codes. `interrupted` ones are 128 + the signal's number. */
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
  /** Errors in the manifest that `findings` leaves out. Default 0. */
  readonly omittedErrors?: number;
  readonly cause?: unknown;
}

/** The one error class: something the user can act on. Anything else that is thrown is a bug. */
export class VolleyError extends Error {
  override readonly name = 'VolleyError';
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  /** What is wrong with the manifest, when that is the reason. */
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
