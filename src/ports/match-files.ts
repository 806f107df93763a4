import { glob, type FileSystemAdapter } from 'tinyglobby';
import { listedFolders, type ListedFiles } from './listed-folders.ts';
import { literalPlus } from './glob-pattern.ts';

export interface GlobQuery {
  readonly patterns: readonly string[];
  /** Where the patterns start. */
  readonly directory: string;
  /** Patterns of what is left out. */
  readonly ignore: readonly string[];
  /** The files that there are; absent: those on disk. */
  readonly listing?: ListedFiles;
}

/** Names of the files that match, as the matcher gives them. The one door to tinyglobby. */
export function matchFiles({ patterns, directory, ignore, listing }: GlobQuery): Promise<string[]> {
  return glob(patterns.map(literalPlus), {
    extglob: false,
    cwd: directory,
    dot: false,
    expandDirectories: false,
    // A link may lead around in circles, or over the whole disk.
    followSymbolicLinks: false,
    ignore,
    ...(listing && { fs: Object.assign<FileSystemAdapter, object>({}, listedFolders(listing)) }),
  });
}
