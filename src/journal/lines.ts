import type { ReadableFile } from '../ports/disk.ts';

/** The position of a line in its file, in bytes, including its `\n`. */
export interface LinePlace {
  readonly offset: number;
  readonly length: number;
}

/**
 * One line of a file. `bytes` does not include the `\n` and is only valid until the next batch is
 * read.
 */
export interface Line extends LinePlace {
  /** From 1. */
  readonly number: number;
  /** False for the bytes after the last `\n`. */
  readonly ended: boolean;
  /** Undefined if the line is longer than any record can be. */
  readonly bytes: Uint8Array | undefined;
}

/** Large enough for a body of 32 MB with every character escaped. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/**
 * The lines of a file, in batches of the lines that each read completes, because awaiting each line
 * would take longer than reading it. Memory is bounded by the longest line.
 */
export async function* readLines(
  file: ReadableFile,
  maxLineBytes = MAX_LINE_BYTES,
): AsyncGenerator<readonly Line[]> {
  let buffer = new Uint8Array(CHUNK_BYTES);
  let filled = 0;
  /** Where the unfinished line starts in the file; `dropped`: its bytes beyond the limit. */
  let offset = 0;
  let dropped = 0;
  let number = 1;
  for (;;) {
    if (filled === buffer.length) {
      if (buffer.length < maxLineBytes) buffer = grown(buffer, Math.min(maxLineBytes, filled * 2));
      else {
        dropped += filled;
        filled = 0;
      }
    }
    const count = await file.read(buffer.subarray(filled), offset + dropped + filled);
    if (count === 0) break;
    const searchFrom = filled;
    filled += count;
    const lines: Line[] = [];
    let start = 0;
    for (
      let end = buffer.subarray(0, filled).indexOf(NEWLINE, searchFrom);
      end !== -1;
      end = buffer.subarray(0, filled).indexOf(NEWLINE, start)
    ) {
      const length = dropped + end + 1 - start;
      const bytes = dropped > 0 ? undefined : buffer.subarray(start, end);
      lines.push({ number, offset, length, ended: true, bytes });
      offset += length;
      dropped = 0;
      start = end + 1;
      number += 1;
    }
    yield lines;
    buffer.copyWithin(0, start, filled);
    filled -= start;
  }
  if (dropped + filled > 0) {
    const bytes = dropped > 0 ? undefined : buffer.subarray(0, filled);
    yield [{ number, offset, length: dropped + filled, ended: false, bytes }];
  }
}

const NEWLINE = 10;

function grown(buffer: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(buffer);
  return larger;
}
