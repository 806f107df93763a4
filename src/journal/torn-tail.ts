import { type DiskFile, writeAll } from '../ports/disk.ts';
import type { Companion } from './companion.ts';
import type { Tail } from './read-whole-file.ts';

export interface TornTail {
  readonly bytes: number;
  /** The companion to which the bytes were moved. */
  readonly keptIn: string;
}

/**
 * Makes the file end with a whole line. Bytes that are cut off are written to the companion first.
 */
export async function repairTail(
  file: DiskFile,
  { tail, companion }: { readonly tail: Tail; readonly companion: Companion },
): Promise<TornTail | undefined> {
  if (tail.kind === 'whole') return undefined;
  let torn: TornTail | undefined;
  if (tail.kind === 'torn') {
    torn = { bytes: await keepAside(file, tail.offset, companion), keptIn: companion.path };
    await file.truncate(tail.offset);
  }
  if (tail.kind === 'unended' || tail.isUnended) await writeAll(file, NEWLINE);
  await file.sync();
  return torn;
}

const NEWLINE = new Uint8Array([10]);
const CHUNK_BYTES = 48 * 1024;

async function keepAside(file: DiskFile, from: number, companion: Companion): Promise<number> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let offset = from; ;) {
    const count = await file.read(buffer, offset);
    if (count === 0) return offset - from;
    const base64 = Buffer.from(buffer.subarray(0, count)).toString('base64');
    await companion.append([{ kind: 'torn', offset, base64 }]);
    offset += count;
  }
}
