import { systemErrorCode } from '../ports/error-code.ts';

/** The system's words, with its code, but without the call and the path that Node adds. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = systemErrorCode(cause);
  const words = WORDS[code];
  return words === undefined ? cause.message : `${words} (${code})`;
}

/** What to do about it, to stand at the start of a hint. */
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
  ELOOP: 'its symlinks lead in a circle',
};

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'make room',
  EDQUOT: 'make room',
  EFBIG: 'raise the limit on file sizes (`ulimit -f`)',
  EIO: 'check the disk',
  ENOENT: 'check the path',
  ENOTDIR: 'check the path',
  EACCES: 'check who may write there',
  EROFS: 'make it writable',
};
