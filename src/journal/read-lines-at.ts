import { readExactly } from '../ports/disk.ts';
import type { LineTable } from './line-table.ts';
import { fileOf, type JournalFiles } from './read-record.ts';

export interface ReadLinesOptions {
  readonly files: JournalFiles;
  readonly table: LineTable;
  /** Cancels reading: the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface FoundLine {
  readonly line: number;
  readonly bytes: Uint8Array;
}

/** Small, because parsed records take far more space than on disk, and buffers are freed late. */
const BATCH_BYTES = 512 * 1024;
/** A gap between two lines is read rather than skipped if it has at most this many bytes. */
const GAP_BYTES = 64 * 1024;

/** Reads these lines in this order, in batches. */
export async function* readLinesAt(
  { files, table, signal }: ReadLinesOptions,
  lines: readonly number[] | Uint32Array,
): AsyncGenerator<readonly FoundLine[]> {
  const { length } = table.columns;
  for (let from = 0; from < lines.length;) {
    signal?.throwIfAborted();
    let [to, bytes] = [from, 0];
    do bytes += length.at(lines[to++] ?? 0);
    while (to < lines.length && bytes + length.at(lines[to] ?? 0) <= BATCH_BYTES);
    const batch = Array.from(lines.slice(from, to));
    const found = await readTogether(files, table, batch);
    yield batch.map((line) => ({ line, bytes: found.get(line) ?? new Uint8Array(0) }));
    from = to;
  }
}

/** Reads lines in file order; adjacent lines are read together. */
async function readTogether(
  files: JournalFiles,
  table: LineTable,
  lines: readonly number[],
): Promise<ReadonlyMap<number, Uint8Array>> {
  const { offset, length } = table.columns;
  const found = new Map<number, Uint8Array>();
  const ordered = lines.toSorted((one, other) => one - other);
  for (let from = 0; from < ordered.length;) {
    const first = ordered[from] ?? 0;
    const file = fileOf(files, table, first);
    const start = offset.at(first);
    let end = start + length.at(first);
    let to = from + 1;
    for (; to < ordered.length; to++) {
      const next = ordered[to] ?? 0;
      if (fileOf(files, table, next) !== file || offset.at(next) > end + GAP_BYTES) break;
      end = offset.at(next) + length.at(next);
    }
    const bytes = await readExactly(file, { offset: start, length: end - start });
    for (; from < to; from++) {
      const line = ordered[from] ?? 0;
      const at = offset.at(line) - start;
      found.set(line, bytes.subarray(at, at + length.at(line)));
    }
  }
  return found;
}
