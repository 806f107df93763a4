import { dirname } from 'node:path';
import { type Disk, type DiskFile, type ReadableFile, withFile, writeAll } from '../ports/disk.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { reasonOf } from '../results/write-problems.ts';

/** What other programs did to a results file, or to its name, during a run. */
export type ExternalChanges =
  | { readonly kind: 'none' }
  /** It contains more than the run wrote. */
  | { readonly kind: 'added-to' }
  /** Lines that were on disk are gone. */
  | { readonly kind: 'cut' }
  /** Another file has its name, or none has. The content was written again, to `keptIn`. */
  | { readonly kind: 'replaced'; readonly keptIn: string }
  | { readonly kind: 'lost'; readonly reason: string };

/**
 * Checks that the name of a results file still leads to the `end` bytes that the run wrote. A file that was deleted,
 * moved or replaced (editors and git do that) still exists as long as it is open, so its content is saved before it
 * is closed.
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

/** Reads instead of asking for the size: some network file systems report it late. */
async function compared(file: ReadableFile, end: number): Promise<Compared> {
  const count = await file.read(new Uint8Array(2), end - 1);
  return count === 0 ? 'shorter' : count === 1 ? 'equal' : 'longer';
}

async function comparedAt(disk: Disk, path: string, end: number): Promise<Compared> {
  return withFile(disk, path, (named) => compared(named, end)).catch(() => 'shorter');
}

async function writtenAgain(disk: Disk, file: DiskFile, path: string): Promise<string> {
  await disk.makeFolder(dirname(path));
  const { name, side } = await createBeside(disk, path);
  try {
    await copyRest(file, side, 0);
    await disk.syncFolder(dirname(name));
    return name;
  } finally {
    await side.close();
  }
}

async function createBeside(
  disk: Disk,
  path: string,
): Promise<{ readonly name: string; readonly side: DiskFile }> {
  try {
    return { name: path, side: await disk.create(path) };
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
    return createNumbered(disk, `${path}.kept-`);
  }
}

const CHUNK_BYTES = 64 * 1024;

/** Copies a file from `offset` to its end and syncs the copy. Returns the number of bytes. */
async function copyRest(from: DiskFile, to: DiskFile, offset: number): Promise<number> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  let bytes = 0;
  for (;;) {
    const count = await from.read(buffer, offset + bytes);
    if (count === 0) break;
    await writeAll(to, buffer.subarray(0, count));
    bytes += count;
  }
  await to.sync();
  return bytes;
}

/** Creates a file under the first free number. */
async function createNumbered(
  disk: Disk,
  prefix: string,
): Promise<{ readonly name: string; readonly side: DiskFile }> {
  for (let number = 1; ; number++) {
    const name = `${prefix}${number}`;
    try {
      return { name, side: await disk.create(name) };
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
  }
}
