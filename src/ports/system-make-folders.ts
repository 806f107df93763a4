import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemError, systemErrorCode } from './error-code.ts';

const OWNER_ONLY = 0o700;

/**
 * Creates the folder and its parents, mode 0700, and returns those that were missing, outermost
 * first. Creates them one by one, because Node's recursive mkdir never returns if a folder cannot
 * be created, such as below `/proc`.
 */
export async function makeFolders(path: string): Promise<readonly string[]> {
  const missing = await missingFolders(resolve(path));
  for (const folder of missing) await make(folder);
  return missing;
}

async function missingFolders(path: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let folder = path; !(await isThere(folder)); folder = dirname(folder)) {
    missing.unshift(folder);
  }
  return missing;
}

/** Whether the folder exists. Rejects with `ENOTDIR` if something else has its name. */
async function isThere(folder: string): Promise<boolean> {
  try {
    if ((await stat(folder)).isDirectory()) return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
  throw systemError('ENOTDIR');
}

async function make(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: OWNER_ONLY });
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT') {
      throw systemError('ENOTSUP', `no folder can be created in \`${dirname(folder)}\``);
    }
    // Another process created it in the meantime, or it is a dangling symlink.
    if (code !== 'EEXIST') throw error;
    if (!(await isThere(folder))) throw systemError('ENOTDIR');
  }
}
