import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { systemErrorCode } from './error-code.ts';

const MOST_LINKS = 40;

/**
 * Where a file is, or would be made: its absolute name through every symlink, those that lead to
 * nothing yet included. Never rejects: what cannot be followed stays as it is written.
 */
export async function whereWritten(path: string, linksLeft = MOST_LINKS): Promise<string> {
  const full = resolve(path);
  try {
    return await realpath(full);
  } catch (error) {
    const folder = dirname(full);
    if (systemErrorCode(error) !== 'ENOENT' || folder === full) return full;
    const place = await whereWritten(folder, linksLeft);
    const target = linksLeft > 0 ? await linkAt(join(place, basename(full))) : undefined;
    return target === undefined
      ? join(place, basename(full))
      : whereWritten(resolve(place, target), linksLeft - 1);
  }
}

async function linkAt(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}
