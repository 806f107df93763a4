import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, parse, resolve, sep } from 'node:path';
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

/** A symlink below one of the folders that leads out of it. */
export interface LinkOut {
  /** The link, by its real name. */
  readonly link: string;
  /** Where the whole path leads. */
  readonly place: string;
}

/**
 * The first symlink on the way to a file, the file itself included, that lies inside one of the folders
 * and leads out of it, or to where `isForbidden` says. `folders` are real names.
 */
export async function linkOutOf(
  path: string,
  folders: readonly string[],
  isForbidden: (place: string, folder: string) => boolean,
): Promise<LinkOut | undefined> {
  // Part by part as the system goes: after a link, `..` is the folder above its target.
  const full = isAbsolute(path) ? path : resolve() + sep + path;
  let at = parse(full).root;
  for (const part of full.slice(at.length).split(sep)) {
    if (part === '..') at = dirname(at);
    if (part === '' || part === '.' || part === '..') continue;
    const next = join(at, part);
    const target = await linkAt(next);
    if (target === undefined) {
      at = next;
      continue;
    }
    const place = await whereWritten(next);
    const folder = folders.find((each) => isBelow(at, each));
    if (folder !== undefined && (!isBelow(place, folder) || isForbidden(place, folder))) {
      return { link: next, place: await whereWritten(path) };
    }
    at = place;
  }
  return undefined;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
