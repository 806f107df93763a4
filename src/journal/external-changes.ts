import { dirname } from 'node:path';
import { type Disk, type DiskFile, type ReadableFile, withFile, writeAll } from '../ports/disk.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { reasonOf } from '../results/write-problems.ts';

/** What other programs did to a results file, or to its name, during a run. */
export type ExternalChanges =
  | { readonly kind: 'none' }
  /** The file contains more than the run wrote. */
  | { readonly kind: 'added-to' }
  /** Lines that had been written to disk are gone. */
  | { readonly kind: 'cut' }
  /** The name belongs to another file, or to none. The content was written again, to `keptIn`. */
  | { readonly kind: 'replaced'; readonly keptIn: string }
  | { readonly kind: 'lost'; readonly reason: string };

/**
 * Checks that the name of a results file still leads to the `end` bytes that the run wrote. A file
 * that was deleted, moved or replaced (as editors and git do) still exists while it is open, so its
 * content is saved before it is closed.
 */
export async function externalChanges(
  disk: Disk,
  { file, path, end }: { readonly file: DiskFile; readonly path: string; readonly end: number },
): Promise<ExternalChanges> {
  if (end === 0) return { kind: 'none' };
  const found = await disk.stat(path).catch(() => undefined);
  if (found?.kind === 'file' && found.bytes === end) return { kind: 'none' };
  try {
    const held = await compared(file, end);
    if (held === 'shorter') return { kind: 'cut' };
    const named = await comparedAt(disk, path, end);
    if (named !== 'shorter') return { kind: named === 'longer' ? 'added-to' : 'none' };
    return { kind: 'replaced', keptIn: await writtenAgain(disk, file, path) };
  } catch (error) {
    return { kind: 'lost', reason: reasonOf(error) };
  }
}

type Compared = 'shorter' | 'equal' | 'longer';

/** Compares by reading, because some network file systems report a new size late. */
async function compared(file: ReadableFile, end: number): Promise<Compared> {
  const count = await file.read(new Uint8Array(2), end - 1);
  return count === 0 ? 'shorter' : count === 1 ? 'equal' : 'longer';
}

async function comparedAt(disk: Disk, path: string, end: number): Promise<Compared> {
  return withFile(disk, path, (named) => compared(named, end)).catch(() => 'shorter');
}

async function writtenAgain(disk: Disk, file: DiskFile, path: string): Promise<string> {
  await disk.makeFolder(dirname(path));
  const { name, copy } = await createUnused(disk, path);
  try {
    await copyAll(file, copy);
    await disk.syncFolder(dirname(name));
    return name;
  } finally {
    await copy.close();
  }
}

/** Creates `path`, or the first `path.kept-N` that does not exist. */
async function createUnused(
  disk: Disk,
  path: string,
): Promise<{ readonly name: string; readonly copy: DiskFile }> {
  for (let number = 0; ; number++) {
    const name = number === 0 ? path : `${path}.kept-${number}`;
    try {
      return { name, copy: await disk.create(name) };
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
  }
}

const CHUNK_BYTES = 64 * 1024;

async function copyAll(from: DiskFile, to: DiskFile): Promise<void> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let offset = 0; ;) {
    const count = await from.read(buffer, offset);
    if (count === 0) break;
    await writeAll(to, buffer.subarray(0, count));
    offset += count;
  }
  await to.sync();
}
