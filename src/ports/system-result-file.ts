import { constants, open, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from './error-code.ts';
import type { AppendedFile, LockOutcome } from './disk.ts';
import type { CreateOptions, ResultFiles } from './result-file.ts';
import { systemDisk } from './system-disk.ts';
import { whereWritten } from './system-real-path.ts';

const OWNER_ONLY = 0o600;

/** The real file system. */
export const systemResultFiles: ResultFiles = {
  lock,
  create: createFile,
  beginning,
  isFolder: async (path) => (await stat(path).catch(() => undefined))?.isDirectory() ?? false,
};

async function lock(path: string): Promise<LockOutcome | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isFile()) return undefined;
  // All names of a file share one lock, even a dangling symlink to it.
  const real = await whereWritten(path);
  await systemDisk.makeFolder(dirname(real));
  return systemDisk.lock(real);
}

async function beginning(path: string, bytes: number): Promise<Uint8Array | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const file = await open(path, constants.O_RDONLY);
  try {
    const buffer = new Uint8Array(bytes);
    const { bytesRead } = await file.read(buffer, 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function createFile(
  path: string,
  { overwrite, signal }: CreateOptions,
): Promise<AppendedFile> {
  const { O_APPEND, O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } = constants;
  const isPipe = (await stat(path).catch(() => undefined))?.isFIFO() ?? false;
  const flags = O_WRONLY | O_APPEND | O_CREAT | (overwrite ? O_TRUNC : O_EXCL);
  const file = isPipe ? await openPipe(path, signal) : await open(path, flags, OWNER_ONLY);
  return {
    write: async (bytes) =>
      isPipe ? writeToPipe(file, bytes) : (await file.write(bytes)).bytesWritten,
    truncate: (length) => file.truncate(length),
    sync: async () => {
      try {
        await file.datasync();
      } catch (error) {
        // A pipe or a device, such as /dev/null, cannot be synced.
        if (!isUnsyncable(error)) throw error;
      }
    },
    close: () => file.close(),
  };
}

function isUnsyncable(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === 'EINVAL' || code === 'ENOTSUP';
}

const READER_PAUSE_MS = 100;
const ROOM_PAUSE_MS = 10;

/**
 * Opens a FIFO for writing as soon as it has a reader. Polls, because a blocking open would occupy
 * a thread, and the process could not end until it returns. Rejects with the signal's reason.
 */
async function openPipe(path: string, signal: AbortSignal | undefined): Promise<FileHandle> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      // Nobody reads it yet.
      if (systemErrorCode(error) !== 'ENXIO') throw error;
    }
    await pause(READER_PAUSE_MS);
  }
}

/** One write, as soon as the pipe has room; returns the number of bytes written. */
async function writeToPipe(pipe: FileHandle, bytes: Uint8Array): Promise<number> {
  for (;;) {
    try {
      return (await pipe.write(bytes)).bytesWritten;
    } catch (error) {
      if (systemErrorCode(error) !== 'EAGAIN') throw error;
    }
    await pause(ROOM_PAUSE_MS);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
