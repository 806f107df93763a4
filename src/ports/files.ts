import type { BoundCode } from '../errors/bounds.ts';

/**
 * The files that a manifest may read. Names are relative to the manifest's folder; whatever they
 * resolve to, through every symlink, lies inside the root or in a folder the caller allowed.
 */
export interface ProjectFiles {
  /** Reads a whole file as bytes. Refuses more than `maxBytes` (default 10 MiB). */
  read(name: string, options?: { readonly maxBytes?: number }): Promise<FileResult<Uint8Array>>;
  /** Opens a file of any size as a stream of chunks. Each call reads from the start. */
  stream(name: string): Promise<FileResult<AsyncIterable<Uint8Array>>>;
  /** The regular files that match, sorted, each as a name relative to the manifest's folder with `/`. */
  glob(patterns: readonly string[]): Promise<FileResult<readonly string[]>>;
  /** Those that globs matched so far and left out, since they may hold credentials. */
  credentialsLeftOut(): readonly string[];
}

/** Thrown by a stream that turns out to hold what a manifest may not read. */
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

/** What to do about a name in a manifest that leads to no file. */
export function namesHint(name: string): string {
  if (/^https?:/i.test(name)) return 'download it, and name the file';
  return name.startsWith('~')
    ? 'write the path in full: `~` is not expanded'
    : "names are relative to the manifest's folder";
}

export interface FileProblem {
  readonly code:
    | 'FILE_NOT_FOUND'
    | 'FILE_OUTSIDE_ROOT'
    | 'CREDENTIAL_FILE'
    | 'FILE_NOT_REGULAR'
    | 'FILE_TOO_LARGE'
    | 'FILE_UNREADABLE'
    /** A glob's pattern that is not taken. */
    | 'BAD_VALUE'
    | BoundCode;
  readonly message: string;
  readonly hint: string;
}
