import { resolve } from 'node:path';
import type { ProjectFiles } from '../ports/files.ts';

export interface NotedFiles {
  readonly files: ProjectFiles;
  /** Records a file that was read some other way. */
  readonly note: (path: string) => void;
  /** Absolute paths of all files read so far. Files read later are not recorded. */
  readonly take: () => readonly string[];
}

/**
 * Wraps files so that the paths of those that are read are recorded. Relative paths start at
 * `directory`.
 */
export function notedFiles(files: ProjectFiles, directory: string): NotedFiles {
  const noted = new Set<string>();
  let isTaken = false;
  function note(path: string): void {
    if (!isTaken) noted.add(resolve(path));
  }
  return {
    files: {
      ...files,
      read(name, options) {
        note(resolve(directory, name));
        return files.read(name, options);
      },
      stream(name) {
        note(resolve(directory, name));
        return files.stream(name);
      },
    },
    note,
    take() {
      isTaken = true;
      const paths = [...noted];
      noted.clear();
      return paths;
    },
  };
}
