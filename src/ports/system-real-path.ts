import { statSync, type Stats } from 'node:fs';
import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, parse, resolve, sep } from 'node:path';
import { systemErrorCode } from './error-code.ts';

const MOST_LINKS = 40;

/**
 * Where a file is or would be created: its absolute path with all symlinks resolved, even dangling
 * ones. Never rejects: parts that cannot be resolved stay as written.
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

/** Undefined if the file is missing or cannot be inspected: writing it reports why. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** A symlink that is inside one of the folders and leads outside. */
export interface LinkOut {
  /** The real path of the link. */
  readonly link: string;
  /** The target of the whole path. */
  readonly place: string;
}

/**
 * The first symlink in a path, including its last part, that is inside one of the folders and leads
 * outside, or to a place that `isForbidden` rejects. `folders` are real paths.
 */
export async function linkOutOf(
  path: string,
  folders: readonly string[],
  isForbidden: (place: string, folder: string) => boolean,
): Promise<LinkOut | undefined> {
  // Resolves the path part by part, as the system does: after a link, `..` is the parent of its
  // target.
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

/** Both are real paths. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
