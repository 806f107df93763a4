/** The system's word for what went wrong (`EPIPE`), or `UNKNOWN` when the error is none of the system's. */
export function systemErrorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'UNKNOWN';
  return typeof error.code === 'string' ? error.code : 'UNKNOWN';
}

/** An error in the form of the system's own. */
export function systemError(code: string, message: string = code): Error {
  return Object.assign(new Error(message), { code });
}
