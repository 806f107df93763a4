import type { BoundCode } from '../errors/input-limits.ts';

/**
 * The files that a manifest may read. Names are relative to its folder. With symlinks resolved,
 * they must be inside the root or in a folder that the caller allowed.
 */
export interface ProjectFiles {
  /** Reads a file of at most `maxBytes` (default 10 MiB). */
  read(name: string, options?: { readonly maxBytes?: number }): Promise<FileResult<Uint8Array>>;
  /** Streams a file of any size. Each call reads from the start. */
  stream(name: string): Promise<FileResult<AsyncIterable<Uint8Array>>>;
  /**
   * The names of the matching regular files, sorted, relative to the manifest's folder, with `/`.
   */
  glob(patterns: readonly string[]): Promise<FileResult<readonly string[]>>;
  /** Files that globs have matched so far but left out, because they may hold credentials. */
  credentialsLeftOut(): readonly string[];
}

/** Thrown by a stream that turns out to contain something that a manifest must not read. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused';
  readonly problem: FileProblem;

  constructor(problem: FileProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

export type FileResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: FileProblem };

/** The hint for a file in a manifest that does not exist. */
export function namesHint(name: string): string {
  if (/^https?:/i.test(name)) return 'download it, and use its path';
  return name.startsWith('~')
    ? 'write the path in full: `~` is not expanded'
    : "check the path: it is relative to the manifest's folder";
}

export interface FileProblem {
  readonly code:
    | 'FILE_NOT_FOUND'
    | 'FILE_OUTSIDE_ROOT'
    | 'CREDENTIAL_FILE'
    | 'FILE_NOT_REGULAR'
    | 'FILE_TOO_LARGE'
    | 'FILE_UNREADABLE'
    /** An invalid glob pattern. */
    | 'BAD_VALUE'
    | BoundCode;
  readonly message: string;
  readonly hint: string;
}

export function refused(problem: FileProblem): FileResult<never> {
  return { ok: false, problem };
}

export function tooLarge(name: string, maxBytes: number): FileResult<never> {
  const size =
    maxBytes >= 1024 * 1024 ? `${Math.floor(maxBytes / 1024 / 1024)} MiB` : `${maxBytes} bytes`;
  return refused({
    code: 'FILE_TOO_LARGE',
    message: `\`${name}\` is larger than ${size}`,
    hint: 'split it, or list its parts',
  });
}
