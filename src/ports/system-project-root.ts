import { constants, type Stats } from 'node:fs';
import { lstat, open, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isBelow } from './system-real-path.ts';

/** The folder that limits what a manifest may read. */
export interface ProjectRoot {
  /** Its real path. */
  readonly path: string;
  /** The nearest checkout above it that does not count, and why. */
  readonly ignored?: { readonly path: string; readonly reason: string } | undefined;
}

/**
 * The nearest checkout that contains a folder, or else the folder itself. A `.git` counts only if
 * it and its folder belong to this user and it is a repository whose work tree is that folder. It
 * never counts in or above the home folder, or in a folder that all users share.
 */
export async function projectRoot(directory: string): Promise<ProjectRoot> {
  const start = await realpath(resolve(directory)).catch(() => resolve(directory));
  const home = await realpath(homedir()).catch(() => undefined);
  let ignored: ProjectRoot['ignored'];
  for (let at = start; ; at = dirname(at)) {
    if (await exists(join(at, '.git'))) {
      const reason = await objection(at, home);
      if (reason === undefined) return { path: at, ignored };
      ignored ??= { path: at, reason };
    }
    if (at === dirname(at)) return { path: start, ignored };
  }
}

/** Why a folder with a `.git` does not count; undefined if it is a checkout of this user. */
async function objection(folder: string, home: string | undefined): Promise<string | undefined> {
  if (home !== undefined && isBelow(home, folder)) return 'it contains your home folder';
  const [top, git] = await Promise.all([stat(folder), lstat(join(folder, '.git'))]);
  if ((top.mode & STICKY) !== 0) return 'its folder is shared by all users';
  if (!isOwn(top) || !isOwn(git)) return 'it belongs to another user';
  const repository = await repositoryOf(folder);
  return repository === undefined || !(await isWorkTreeOf(repository, folder))
    ? 'its `.git` is not a repository with this work tree'
    : undefined;
}

/** The permission bit of folders like `/tmp`. */
const STICKY = 0o1000;

function isOwn({ uid }: Stats): boolean {
  return process.getuid === undefined || uid === process.getuid();
}

/**
 * The folder with git's data: `.git`, or the folder that it points to if it is a file, as in a
 * submodule.
 */
async function repositoryOf(folder: string): Promise<string | undefined> {
  const git = join(folder, '.git');
  const text = await smallText(git);
  const target = text === undefined ? undefined : /^gitdir: (.+?)\s*$/.exec(text)?.[1];
  const path = text === undefined ? git : target && resolve(folder, target);
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path === undefined || !found?.isDirectory() || !isOwn(found)) return undefined;
  const head = await smallText(join(path, 'HEAD'));
  return head !== undefined && /^(?:ref: refs\/|[0-9a-f]{40})/.test(head) ? path : undefined;
}

/**
 * Checks the same as git's own search: the repository has data, and its work tree is this folder.
 */
async function isWorkTreeOf(repository: string, folder: string): Promise<boolean> {
  // An additional work tree has its data elsewhere, and that data names the work tree's `.git`.
  const back = await smallText(join(repository, 'gitdir'));
  if (back !== undefined) return resolve(repository, back.trim()) === join(folder, '.git');
  if (!(await exists(join(repository, 'objects'))) || !(await exists(join(repository, 'refs')))) {
    return false;
  }
  const core = coreSettings((await smallText(join(repository, 'config'))) ?? '');
  if (/^(?:true|yes|on|1)$/i.test(core.get('bare') ?? '')) return false;
  const workTree = core.get('worktree');
  if (workTree === undefined) return true;
  return (await realpath(resolve(repository, workTree)).catch(() => undefined)) === folder;
}

/** The last value of each setting in `[core]` sections of git's configuration. */
function coreSettings(config: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  let isCore = false;
  for (const line of config.split('\n')) {
    const section = /^\s*\[\s*([^\]"]*?)\s*(?:"[^"]*")?\]/.exec(line);
    if (section) isCore = section[1]?.toLowerCase() === 'core' && !line.includes('"');
    const [, name, value = ''] = /^\s*(\w+)\s*(?:=\s*(.*?)\s*)?$/.exec(line) ?? [];
    if (isCore && name !== undefined) {
      const isSwitch = !line.includes('=');
      settings.set(name.toLowerCase(), isSwitch ? 'true' : value.replaceAll(/^"|"$/g, ''));
    }
  }
  return settings;
}

export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

const SMALL_BYTES = 64 * 1024;

/** The text of a regular file; undefined for anything else. Never blocks on a pipe. */
async function smallText(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      if (!(await file.stat()).isFile()) return undefined;
      const buffer = Buffer.alloc(SMALL_BYTES);
      const { bytesRead } = await file.read(buffer, 0, SMALL_BYTES, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
