import { systemError } from './error-code.ts';

/**
 * The part of a file system that the journal needs. It is small enough that tests can cut the power
 * at any byte. Methods reject with the system's own errors: `code` is `ENOSPC`, `EIO`, `EEXIST`, …
 */
export interface Disk {
  /** The path of a file, which may not exist, with symlinks resolved as far as folders exist. */
  resolve(path: string): Promise<string>;
  /** Undefined if nothing is there. */
  stat(path: string): Promise<DiskStat | undefined>;
  /** Creates the folder and its parents durably, mode 0700. Does nothing if it exists. */
  makeFolder(path: string): Promise<void>;
  /** Creates a file, mode 0600. `EEXIST` if anything has that name, even a dangling symlink. */
  create(path: string): Promise<DiskFile>;
  /** Opens an existing file. Never creates one or follows a symlink. */
  open(path: string): Promise<DiskFile>;
  /** Like `open`, but only for reading. */
  openToRead(path: string): Promise<ReadableFile>;
  rename(from: string, to: string): Promise<void>;
  /** Does nothing if nothing is there. */
  remove(path: string): Promise<void>;
  /**
   * Makes sure that files created, renamed or removed in a folder stay that way after a power cut.
   */
  syncFolder(path: string): Promise<void>;
  /**
   * Locks a file, which need not exist. The lock is released when its holder ends, however it ends.
   */
  lock(path: string): Promise<LockOutcome>;
}

export interface DiskStat {
  readonly kind: 'file' | 'folder' | 'other';
  readonly bytes: number;
  /** Permission bits; undefined if the system has none. */
  readonly mode: number | undefined;
}

export interface ReadableFile {
  /** Fills `into` from `offset`; returns the number of bytes read, 0 at the end of the file. */
  read(into: Uint8Array, offset: number): Promise<number>;
  close(): Promise<void>;
}

/** An open file that can be read and appended to, but not overwritten. */
export interface DiskFile extends ReadableFile {
  /** Appends with one system write. Returns the number of bytes written, which may be too few. */
  write(bytes: Uint8Array): Promise<number>;
  /** Truncates the file to `length` bytes. */
  truncate(length: number): Promise<void>;
  /** Resolves when everything written survives a power cut (`fdatasync`). */
  sync(): Promise<void>;
}

export type LockOutcome =
  | { readonly ok: true; release(): Promise<void> }
  /** The holder is undefined if it could not be determined in time. */
  | { readonly ok: false; readonly holder: LockHolder | undefined };

export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** Opens a file for reading, and closes it when `use` ends. */
export async function withFile<Result>(
  disk: Disk,
  path: string,
  use: (file: ReadableFile) => Promise<Result>,
): Promise<Result> {
  const file = await disk.openToRead(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** Writes everything, even if the system accepts only a little at a time. */
export async function writeAll(file: Pick<DiskFile, 'write'>, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const count = await file.write(bytes.subarray(written));
    if (count <= 0)
      throw systemError('EIO', `the disk accepted none of ${bytes.length - written} bytes`);
    written += count;
  }
}

export async function readExactly(
  file: ReadableFile,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    const count = await file.read(bytes.subarray(filled), offset + filled);
    if (count === 0) throw systemError('EIO', `the file ends before byte ${offset + length}`);
    filled += count;
  }
  return bytes;
}
