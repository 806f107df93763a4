import { join, relative, sep } from 'node:path';
import { glob, type FileSystemAdapter } from 'tinyglobby';
import { literalPlus } from './glob-pattern.ts';

export interface GlobQuery {
  readonly patterns: readonly string[];
  /** The base folder of the patterns. */
  readonly directory: string;
  /** Patterns to leave out. */
  readonly ignore: readonly string[];
  /** The available files; default: those on disk. */
  readonly listing?: ListedFiles;
}

/** The names of matching files. The only module that imports tinyglobby. */
export function matchFiles({ patterns, directory, ignore, listing }: GlobQuery): Promise<string[]> {
  return glob(patterns.map(literalPlus), {
    extglob: false,
    cwd: directory,
    dot: false,
    expandDirectories: false,
    // Following a link could loop or reach the whole disk.
    followSymbolicLinks: false,
    ignore,
    ...(listing && { fs: Object.assign<FileSystemAdapter, object>({}, listedFolders(listing)) }),
  });
}

/** Files known by name, such as those of a commit. */
interface ListedFiles {
  /** The absolute base folder of the paths. */
  readonly root: string;
  /** Relative, with `/` as the separator, in any order. */
  readonly paths: readonly string[];
}

interface Entry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

type ReadFolder = (
  path: string,
  options: unknown,
  done: (error: Error | null, entries: readonly Entry[]) => void,
) => void;

/** A file system for the matcher, based on a list of files. */
function listedFolders({ root, paths }: ListedFiles): { readonly readdir: ReadFolder } {
  const folders = new Map<string, Map<string, Entry>>();
  const inFolder = (folder: string): Map<string, Entry> => {
    const known = folders.get(folder) ?? new Map<string, Entry>();
    folders.set(folder, known);
    return known;
  };
  for (const path of paths) {
    let end = path.lastIndexOf('/');
    inFolder(path.slice(0, Math.max(0, end))).set(path, entry(path.slice(end + 1), 'file'));
    while (end > 0) {
      const folder = path.slice(0, end);
      end = folder.lastIndexOf('/');
      const parent = inFolder(folder.slice(0, Math.max(0, end)));
      if (parent.has(folder)) break;
      parent.set(folder, entry(folder.slice(end + 1), 'folder'));
    }
  }
  return {
    readdir(path, _options, done) {
      const folder = relative(root, join(path)).split(sep).join('/');
      const entries = [...(folders.get(folder)?.values() ?? [])];
      // Asynchronously, like a file system, so that a deep tree does not overflow the stack.
      queueMicrotask(() => done(null, entries));
    },
  };
}

function entry(name: string, kind: 'file' | 'folder'): Entry {
  return {
    name,
    isFile: () => kind === 'file',
    isDirectory: () => kind === 'folder',
    isSymbolicLink: () => false,
  };
}
