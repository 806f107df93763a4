import { systemError } from './error-code.ts';

/**
 * What the journal needs of a file system, small enough that a test can take the power away at any
 * byte. Failures reject with the system's own error: `code` is `ENOSPC`, `EIO`, `EEXIST`, …
 */
export interface Disk {
  /** The real name of a file that may not exist yet, through every symlink; missing folders stay as they are written. */
  resolve(path: string): Promise<string>;
  /** Undefined when there is nothing. */
  stat(path: string): Promise<DiskStat | undefined>;
  /** Makes the folder and those above it, mode 0700, durably. Does nothing when it exists. */
  makeFolder(path: string): Promise<void>;
  /** A new file, mode 0600. `EEXIST` when anything has that name, a dangling symlink too. */
  create(path: string): Promise<DiskFile>;
  /** An existing file. Never creates, never follows a symlink. */
  open(path: string): Promise<DiskFile>;
  /** As `open`, for one that may not be written. */
  openToRead(path: string): Promise<ReadableFile>;
  rename(from: string, to: string): Promise<void>;
  /** Does nothing when there is nothing. */
  remove(path: string): Promise<void>;
  /** Makes the creations, renames and removals in a folder survive a power cut. */
  syncFolder(path: string): Promise<void>;
  /** Takes the lock on a file that need not exist. Free as soon as its holder ends, however it ends. */
  lock(path: string): Promise<LockOutcome>;
}

export interface DiskStat {
  readonly kind: 'file' | 'folder' | 'other';
  readonly bytes: number;
  /** Permission bits; undefined where the system has none. */
  readonly mode: number | undefined;
}

export interface ReadableFile {
  /** Fills `into` from `offset` on: gives the number of bytes read, 0 at the end of the file. */
  read(into: Uint8Array, offset: number): Promise<number>;
  close(): Promise<void>;
}

/** An open file, written only at its end. */
export interface DiskFile extends ReadableFile {
  /** One write of the system, at the end: gives the number of bytes taken, which may be fewer than offered. */
  write(bytes: Uint8Array): Promise<number>;
  /** Cuts the file down to its first `length` bytes. */
  truncate(length: number): Promise<void>;
  /** Resolves when all that was written survives a power cut (`fdatasync`). */
  sync(): Promise<void>;
}

export type LockOutcome =
  | { readonly ok: true; release(): Promise<void> }
  /** The holder is undefined when it could not be learned in time. */
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

/** Writes to the last byte, however little the system takes at a time. */
export async function writeAll(file: Pick<DiskFile, 'write'>, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const count = await file.write(bytes.subarray(written));
    if (count <= 0)
      throw systemError('EIO', `the disk took none of ${bytes.length - written} bytes`);
    written += count;
  }
}

/** Reads exactly the bytes of `[offset, offset + length)`. */
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
