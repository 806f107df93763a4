import { systemErrorCode } from '../ports/error-code.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';

/** The system error in words with its code, without the call and path that Node adds. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = systemErrorCode(cause);
  const words = WORDS[code];
  return words === undefined ? cause.message : `${words} (${code})`;
}

/** What to do about the error, for the start of a hint. */
export function remedyOf(cause: unknown): string {
  return REMEDIES[systemErrorCode(cause)] ?? 'fix that';
}

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than allowed',
  EIO: 'the disk reports an error',
  ENOENT: 'a part of the path does not exist',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symlinks form a loop',
};

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'make room',
  EDQUOT: 'make room',
  EFBIG: 'raise the limit on file sizes (`ulimit -f`)',
  EIO: 'check the disk',
  ENOENT: 'check the path',
  ENOTDIR: 'check the path',
  EACCES: 'check its permissions',
  EROFS: 'make it writable',
};

/** The error for a file that no run has written. It is neither read nor replaced. */
export function notResults(path: string): VolleyError {
  return new VolleyError(`\`${path}\` is not a results file, and is left unchanged`, {
    exitCode: EXIT.usage,
    hint: 'pass a file that `volley run -o FILE` wrote',
  });
}
