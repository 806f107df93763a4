import { dirname } from 'node:path';
import type { Disk, DiskFile } from '../ports/disk.ts';
import { writeAll } from '../ports/write-all.ts';
import { copyRest, createNumbered } from './copy-aside.ts';
import type { Tail } from './read-results.ts';

/** What was cut off the end of a results file, and where it is kept. */
export interface TornTail {
  readonly bytes: number;
  readonly keptIn: string;
}

/** Makes the file end with a whole line. What is cut is kept beside it, as `results.jsonl.torn-1`. */
export async function mendTail(
  disk: Disk,
  { file, path, tail }: { readonly file: DiskFile; readonly path: string; readonly tail: Tail },
): Promise<TornTail | undefined> {
  if (tail.kind === 'whole') return undefined;
  let kept: TornTail | undefined;
  if (tail.kind === 'torn') {
    kept = await keepAside(disk, { file, path, offset: tail.offset });
    await file.truncate(tail.offset);
  }
  if (tail.kind === 'unended' || tail.isUnended) await writeAll(file, NEWLINE);
  await file.sync();
  return kept;
}

const NEWLINE = new Uint8Array([10]);

async function keepAside(
  disk: Disk,
  from: { readonly file: DiskFile; readonly path: string; readonly offset: number },
): Promise<TornTail> {
  const { name, side } = await createNumbered(disk, `${from.path}.torn-`);
  try {
    const bytes = await copyRest(from.file, side, from.offset);
    await disk.syncFolder(dirname(name));
    return { bytes, keptIn: name };
  } catch (error) {
    await disk.remove(name).catch(() => undefined);
    throw error;
  } finally {
    await side.close();
  }
}
