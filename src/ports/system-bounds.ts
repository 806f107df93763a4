import { realpath } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import type { FileProblem } from './files.ts';
import { projectRoot, type ProjectRoot } from './system-project-root.ts';

export interface ProjectFolder {
  /** The manifest's folder: names are relative to it. */
  readonly directory: string;
  /** Default: the nearest checkout around it, see `projectRoot`. */
  readonly root?: string;
  /** Folders and files that may be read as well, outside the root or with credentials in it (`--allow-path`). */
  readonly allowPaths?: readonly string[];
}

/** Where a manifest may read. All resolved through symlinks. */
export interface Bounds {
  readonly directory: string;
  readonly root: string;
  readonly allowed: readonly string[];
  /** A checkout above that does not count. */
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
  return roots.some(
    (root) => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep),
  );
}

/** Names that leave the root as written are refused without a look at the disk. */
export async function isLexicallyInside(path: string, roots: readonly string[]): Promise<boolean> {
  return isInside(path, roots) || isInside(await realpathOr(dirname(path)), roots);
}

export function outsideProblem(name: string, { root, directory, ignored }: Bounds): FileProblem {
  const shown = relative(directory, root) || '.';
  const why = ignored
    ? `; the checkout in \`${ignored.path}\` does not count: ${ignored.reason}`
    : '';
  return {
    code: 'FILE_OUTSIDE_ROOT',
    message: `\`${name}\` is outside the folder that a manifest may read (\`${shown}\`)${why}`,
    hint: 'move it into the project, or allow its folder with `--allow-path DIR`',
  };
}
