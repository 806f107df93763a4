import type { ReadableFile } from '../ports/disk.ts';
import { byteLines, type ByteLine } from '../ports/lines.ts';

/** The position of a line in its file, in bytes, including its `\n`. */
export type LinePlace = Pick<ByteLine, 'offset' | 'length'>;

/** Large enough for a body of 32 MB with every character escaped. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** The lines of a file, in batches. */
export function readLines(
  file: ReadableFile,
  maxBytes = MAX_LINE_BYTES,
): AsyncGenerator<readonly ByteLine[]> {
  return byteLines(chunksOf(file), { maxBytes });
}

async function* chunksOf(file: ReadableFile): AsyncGenerator<Uint8Array> {
  for (let offset = 0; ;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const count = await file.read(chunk, offset);
    if (count === 0) return;
    yield chunk.subarray(0, count);
    offset += count;
  }
}
