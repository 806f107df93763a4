import type { ProjectFiles } from '../ports/files.ts';

/** Reads stdin to its end. */
export type ReadStandardInput = () => Promise<Uint8Array>;

/**
 * Files in which `-` is stdin. It is read on first use and kept, because rows are read more than
 * once.
 */
export function withStandardInput(files: ProjectFiles, read: ReadStandardInput): ProjectFiles {
  let kept: Promise<Uint8Array> | undefined;
  const bytes = (): Promise<Uint8Array> => (kept ??= read());
  return {
    ...files,
    read: async (name, options) =>
      name === '-' ? { ok: true, value: await bytes() } : files.read(name, options),
    stream: async (name) =>
      name === '-' ? { ok: true, value: once(await bytes()) } : files.stream(name),
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}
