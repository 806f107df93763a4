import type { LockOutcome } from './disk.ts';

/** Creates the files that results go to. Errors are the system's: `code` is `EEXIST`, `ENOENT`, `EACCES`, … */
export interface ResultFiles {
  /**
   * Takes the lock that a journal takes too, on a regular file or one that is yet to be made, in a
   * folder that is made if need be. Undefined for anything else: a pipe or a device may be shared.
   */
  lock(path: string): Promise<LockOutcome | undefined>;
  /**
   * Opens for appending, mode 0600. Without `overwrite` an existing file is an `EEXIST`; with it, it
   * is emptied. A pipe is waited for until somebody reads it; the signal ends that wait, and the
   * promise rejects with its reason.
   */
  create(path: string, options: CreateOptions): Promise<ResultFile>;
  /** The first bytes of a regular file, at most `bytes`; undefined for anything else, and for nothing. */
  beginning(path: string, bytes: number): Promise<Uint8Array | undefined>;
  /** Whether the path is a folder; false when there is nothing there. */
  isFolder(path: string): Promise<boolean>;
}

export interface CreateOptions {
  readonly overwrite: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** An open file. Only ever appended to. */
export interface ResultFile {
  /** One write of the system: gives the number of bytes taken, which may be fewer than offered. */
  write(bytes: Uint8Array): Promise<number>;
  /** Cuts the file down to its first `length` bytes. */
  truncate(length: number): Promise<void>;
  /** Resolves when what was written survives a power cut (`fdatasync`). */
  sync(): Promise<void>;
  close(): Promise<void>;
}
