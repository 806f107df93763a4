import { dirname } from 'node:path';
import type { Disk, DiskFile } from '../ports/disk.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import type { Tail } from './read-results.ts';
import { writeAll } from '../ports/write-all.ts';

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
  if (tail.kind === 'unended') {
    await writeAll(file, NEWLINE);
    await file.sync();
    return undefined;
  }
  const kept = await keepAside(disk, { file, path, offset: tail.offset });
  await file.truncate(tail.offset);
  await file.sync();
  return kept;
}

const NEWLINE = new Uint8Array([10]);
const CHUNK_BYTES = 64 * 1024;

async function keepAside(
  disk: Disk,
  from: { readonly file: DiskFile; readonly path: string; readonly offset: number },
): Promise<TornTail> {
  const { name, side } = await createNumbered(disk, `${from.path}.torn-`);
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    let bytes = 0;
    for (;;) {
      const count = await from.file.read(buffer, from.offset + bytes);
      if (count === 0) break;
      await writeAll(side, buffer.subarray(0, count));
      bytes += count;
    }
    await side.sync();
    await disk.syncFolder(dirname(name));
    return { bytes, keptIn: name };
  } catch (error) {
    await disk.remove(name).catch(() => undefined);
    throw error;
  } finally {
    await side.close();
  }
}

/** The first number that is free; how often a file was torn is the bound. */
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
