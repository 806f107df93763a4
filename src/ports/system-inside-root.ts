import { realpath } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { FileProblem } from './files.ts';
import { projectRoot, type ProjectRoot } from './system-project-root.ts';
import { isBelow } from './system-real-path.ts';

export interface ProjectFolder {
  /** The manifest's folder, which relative names start from. */
  readonly directory: string;
  /** Default: the nearest checkout that contains `directory`; see `projectRoot`. */
  readonly root?: string;
  /**
   * Folders and files that may be read although they are outside the root or hold credentials
   * (`--allow-path`).
   */
  readonly allowPaths?: readonly string[];
}

/** The places that a manifest may read from, with symlinks resolved. */
export interface Bounds {
  readonly directory: string;
  readonly root: string;
  readonly allowed: readonly string[];
  /** A checkout above `directory` that does not count as the root. */
  readonly ignored: ProjectRoot['ignored'];
}

export async function findBounds({
  directory,
  root,
  allowPaths = [],
}: ProjectFolder): Promise<Bounds> {
  const base = await realpathOr(resolve(directory));
  const allowed = await Promise.all(allowPaths.map(async (path) => realpathOr(resolve(path))));
  const around: ProjectRoot =
    root === undefined ? await projectRoot(base) : { path: await realpathOr(resolve(root)) };
  return { directory: base, root: around.path, allowed, ignored: around.ignored };
}

export async function realpathOr(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

export function isInside(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => isBelow(path, root));
}

/**
 * Whether a path is inside the roots as written. If not, Volley refuses it without looking at the
 * file itself.
 */
export async function isLexicallyInside(path: string, roots: readonly string[]): Promise<boolean> {
  return isInside(path, roots) || isInside(await realpathOr(dirname(path)), roots);
}

export function outsideProblem(name: string, { root, directory, ignored }: Bounds): FileProblem {
  const shown = relative(directory, root) || '.';
  const why = ignored ? `; the checkout in \`${ignored.path}\` is ignored: ${ignored.reason}` : '';
  return {
    code: 'FILE_OUTSIDE_ROOT',
    message: `\`${name}\` is outside the folder that a manifest may read (\`${shown}\`)${why}`,
    hint: 'move it into the project, or allow its folder with `--allow-path DIR`',
  };
}
