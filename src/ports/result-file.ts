import type { AppendedFile, LockOutcome } from './disk.ts';

/** Creates results files. Rejects with the system's errors: `code` is `EEXIST`, `ENOENT`, `EACCES`, … */
export interface ResultFiles {
  /**
   * Takes the same lock as a journal, on a regular or new file, and creates its folder if necessary. Undefined for
   * anything else: a pipe or a device may be shared.
   */
  lock(path: string): Promise<LockOutcome | undefined>;
  /**
   * Opens a file for appending, mode 0600. Without `overwrite`, rejects with `EEXIST` if the file
   * exists; with it, empties the file. If the file is a pipe, waits for a reader; the signal ends
   * this wait, and the promise rejects with the signal's reason.
   */
  create(path: string, options: CreateOptions): Promise<AppendedFile>;
  /** The first bytes of a regular file; undefined for anything else. */
  beginning(path: string, bytes: number): Promise<Uint8Array | undefined>;
  /** Whether the path is an existing folder. */
  isFolder(path: string): Promise<boolean>;
}

export interface CreateOptions {
  readonly overwrite: boolean;
  readonly signal?: AbortSignal | undefined;
}
