/** The system's error code (`EPIPE`), or `UNKNOWN` for any other error. */
export function systemErrorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'UNKNOWN';
  return typeof error.code === 'string' ? error.code : 'UNKNOWN';
}

/** An error like the system's own. */
export function systemError(code: string, message: string = code): Error {
  return Object.assign(new Error(message), { code });
}
