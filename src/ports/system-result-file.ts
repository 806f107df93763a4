import { constants, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from './error-code.ts';
import type { CreateOptions, ResultFile, ResultFiles } from './result-file.ts';
import type { LockOutcome } from './disk.ts';
import { systemDisk } from './system-disk.ts';
import { openPipe, writeToPipe } from './system-pipe.ts';
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
  // Two names of one file, a symlink that leads to nothing yet among them, are one lock.
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

async function createFile(path: string, { overwrite, signal }: CreateOptions): Promise<ResultFile> {
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
        // A pipe or a device, such as /dev/null, has nothing to sync.
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
