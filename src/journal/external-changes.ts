import { dirname } from 'node:path';
import { type Disk, type DiskFile, type ReadableFile, writeAll } from '../ports/disk.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { reasonOf } from '../results/write-problems.ts';

/** What others have done to a results file, or to its name, while a run wrote to it. */
export type ExternalChanges =
  | { readonly kind: 'none' }
  /** There is more in it than the run wrote. */
  | { readonly kind: 'added-to' }
  /** Lines that were on disk are not in it any more. */
  | { readonly kind: 'cut' }
  /** It lost its name. What it holds was written again: under that name, or next to what has it now. */
  | { readonly kind: 'replaced'; readonly keptIn: string }
  | { readonly kind: 'lost'; readonly reason: string };

/**
 * Looks whether the name of a results file still leads to what the run wrote, `end` bytes of it. A
 * file that was deleted, moved or replaced, as editors and git do, is whole for as long as it is open:
 * what it holds is saved before it is closed.
 */
export async function externalChanges(
  disk: Disk,
  { file, path, end }: { readonly file: DiskFile; readonly path: string; readonly end: number },
): Promise<ExternalChanges> {
  // Nothing that could be missed.
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

/** Read, not asked: some network file systems are late to tell a size. */
async function compared(file: ReadableFile, end: number): Promise<Compared> {
  const count = await file.read(new Uint8Array(2), end - 1);
  return count === 0 ? 'shorter' : count === 1 ? 'equal' : 'longer';
}

async function comparedAt(disk: Disk, path: string, end: number): Promise<Compared> {
  const named = await disk.openToRead(path).catch(() => undefined);
  if (!named) return 'shorter';
  try {
    return await compared(named, end);
  } catch {
    return 'shorter';
  } finally {
    await named.close();
  }
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

/** Copies what is in a file from `offset` on, durably, and gives the number of bytes. */
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

/** A new file under the first number that is free; how often something was kept aside is the bound. */
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
