import { constants, open, stat } from 'node:fs/promises';
import type { ResultFile, ResultFiles } from './result-file.ts';

const OWNER_ONLY = 0o600;

/** The real file system. */
export const systemResultFiles: ResultFiles = {
  create: createFile,
  isFolder: async (path) => (await stat(path).catch(() => undefined))?.isDirectory() ?? false,
};

async function createFile(path: string, options: { overwrite: boolean }): Promise<ResultFile> {
  const { O_APPEND, O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } = constants;
  const existing = options.overwrite ? O_TRUNC : O_EXCL;
  const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | existing, OWNER_ONLY);
  return {
    write: async (bytes) => (await file.write(bytes)).bytesWritten,
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
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'EINVAL' || error.code === 'ENOTSUP')
  );
}
