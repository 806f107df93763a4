import type { BatchRow } from './chunk.ts';

/** The most that a chunk may contain. */
export interface ChunkSize {
  readonly rows: number;
  readonly bytes: number;
}

/** The rows of the next chunk, at least one if there is any, and whether they fill it. */
export function firstChunk(
  rows: readonly BatchRow[],
  most: ChunkSize,
): { readonly rows: readonly BatchRow[]; readonly isFull: boolean } {
  let bytes = 0;
  let count = 0;
  for (const { text } of rows) {
    bytes += text.length;
    if (count > 0 && (count >= most.rows || bytes > most.bytes)) break;
    count += 1;
  }
  return { rows: rows.slice(0, count), isFull: count < rows.length || count >= most.rows };
}
