/** The process's exit codes. `interrupted` ones are 128 + the signal's number. */
export const EXIT = {
  ok: 0,
  tasksFailed: 1,
  usage: 2,
  budget: 3,
  provider: 4,
  pending: 5,
  bug: 70,
  cannotWrite: 74,
  locked: 75,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The one error class: something the user can act on. Anything else that is thrown is a bug. */
export class VolleyError extends Error {
  override readonly name = 'VolleyError';
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(message: string, options: { exitCode: ExitCode; hint?: string; cause?: unknown }) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.exitCode = options.exitCode;
    this.hint = options.hint;
  }
}
