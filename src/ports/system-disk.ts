import { constants, open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Disk, DiskFile, DiskStat } from './disk.ts';
import { systemErrorCode } from './error-code.ts';
import { makeFolders } from './system-make-folders.ts';
import { lockFile } from './system-lock.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;
const OWNER_ONLY = 0o600;
const HAS_MODES = process.platform !== 'win32';
/** Without O_NONBLOCK, a FIFO in place of the file would block a thread forever. */
const EXISTING = flag(O_NOFOLLOW) | flag(O_NONBLOCK);

/** The real file system. */
export const systemDisk: Disk = {
  resolve: realName,
  stat: statOf,
  makeFolder,
  create: async (path) =>
    diskFile(await open(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL, OWNER_ONLY)),
  open: async (path) => diskFile(await open(path, O_RDWR | O_APPEND | EXISTING)),
  openToRead: async (path) => diskFile(await open(path, O_RDONLY | EXISTING)),
  rename,
  remove: (path) => rm(path, { force: true }),
  syncFolder,
  lock: lockFile,
};

async function realName(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    const full = resolve(path);
    const folder = dirname(full);
    return folder === full ? full : join(await realName(folder), basename(full));
  }
}

async function statOf(path: string): Promise<DiskStat | undefined> {
  const found = await stat(path).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!found) return undefined;
  return {
    kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other',
    bytes: found.size,
    mode: HAS_MODES ? found.mode & 0o7777 : undefined,
  };
}

async function makeFolder(path: string): Promise<void> {
  // Each new folder is an entry in its parent, so its parent is synced.
  for (const made of (await makeFolders(path)).toReversed()) await syncFolder(dirname(made));
}

function diskFile(handle: FileHandle): DiskFile {
  return {
    write: async (bytes) => (await handle.write(bytes)).bytesWritten,
    read: async (into, offset) => (await handle.read(into, 0, into.length, offset)).bytesRead,
    truncate: (length) => handle.truncate(length),
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, O_RDONLY);
    await folder.sync();
  } catch (error) {
    if (!isUnsyncable(error)) throw error;
  } finally {
    await folder?.close();
  }
}

/** Windows and some network file systems cannot sync a folder. */
function isUnsyncable(error: unknown): boolean {
  const code = systemErrorCode(error);
  return (
    code === 'EINVAL' ||
    code === 'ENOTSUP' ||
    (!HAS_MODES && (code === 'EPERM' || code === 'EISDIR'))
  );
}

function flag(value: number | undefined): number {
  return value ?? 0;
}
