import { resolve } from 'node:path';
import type { ProjectFiles } from '../ports/files.ts';

/** Reads stdin to its end. */
export type ReadStandardInput = () => Promise<Uint8Array>;

/**
 * The files of a manifest, with the paths of those that are read recorded. Relative paths start at
 * `directory`. If stdin can be read, `-` is stdin; it is read on first use and kept, because rows
 * are read more than once.
 */
export function inputFiles(
  files: ProjectFiles,
  directory: string,
  readStandardInput: ReadStandardInput | undefined,
) {
  const noted = new Set<string>();
  let isTaken = false;
  let kept: Promise<Uint8Array> | undefined;

  /** Records that a file was read, however it was read. */
  function note(path: string): void {
    if (!isTaken) noted.add(resolve(path));
  }

  /** Returns stdin if the name means stdin; otherwise records the name. */
  async function standardInput(name: string): Promise<Uint8Array | undefined> {
    if (name === '-' && readStandardInput) return (kept ??= readStandardInput());
    note(resolve(directory, name));
    return undefined;
  }

  const inputs: ProjectFiles = {
    ...files,
    async read(name, options) {
      const value = await standardInput(name);
      return value ? { ok: true, value } : files.read(name, options);
    },
    async stream(name) {
      const value = await standardInput(name);
      return value ? { ok: true, value: once(value) } : files.stream(name);
    },
  };
  return {
    files: inputs,
    note,
    /** Absolute paths of all files read so far. Files read later are not recorded. */
    take: (): readonly string[] => {
      isTaken = true;
      const paths = [...noted];
      noted.clear();
      return paths;
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}
