import { hash } from 'node:crypto';
import { dirname } from 'node:path';
import { roundUsd } from '../money/cost.ts';
import type { Disk, DiskFile } from '../ports/disk.ts';
import { recordLine } from '../results/serialize.ts';
import type { LineTable } from './line-table.ts';
import { checkLine } from './record-line.ts';
import type { Survivors } from './survivors.ts';
import { readInto, writeAll } from '../ports/write-all.ts';

/**
 * Replaces the file by one that holds only the lines that stay, in the same order, with the ids
 * and numbers that their tasks have now. The old file is there until the new one is whole and
 * durable. Memory does not depend on the size. Rejects with the signal's reason when that comes before
 * the new file is in its place; the old one then stays.
 */
export async function compact(
  disk: Disk,
  from: { readonly file: DiskFile; readonly path: string },
  lines: Lines,
): Promise<void> {
  const name = compactName(from.path);
  const target = await disk.create(name);
  try {
    await copyLines(from.file, target, lines);
    await target.sync();
    lines.signal?.throwIfAborted();
  } catch (error) {
    await target.close().catch(() => undefined);
    await disk.remove(name).catch(() => undefined);
    throw error;
  }
  await target.close();
  await disk.rename(name, from.path);
  await disk.syncFolder(dirname(from.path));
}

/** Left behind only by a run that was killed while it compacted, and then worth nothing: opening removes it. */
export function compactName(path: string): string {
  return `${path}.compact`;
}

interface Lines {
  readonly table: LineTable;
  readonly stays: Survivors;
  readonly signal: AbortSignal | undefined;
}

const WINDOW_BYTES = 1024 * 1024;

async function copyLines(
  source: DiskFile,
  target: DiskFile,
  { table, stays, signal }: Lines,
): Promise<void> {
  const bytes = Math.min(WINDOW_BYTES, bytesOf(table));
  const window = createWindow(source, { table, bytes });
  const outbox = createOutbox(target, bytes);
  for (let first = 0; first < table.count;) {
    signal?.throwIfAborted();
    const next = windowEnd(table, first);
    await window.move({ first, next });
    for (let line = first; line < next; line++) {
      if (!stays.has(line)) continue;
      const now = lineAsItIsNow(table, stays, { line, bytes: window.bytesOf(line) });
      if (!outbox.take(now)) await outbox.send(now);
    }
    first = next;
  }
  await outbox.send();
}

/** Of all lines. */
function bytesOf({ columns: { offset, length }, count }: LineTable): number {
  return (offset.values[count - 1] ?? 0) + (length.values[count - 1] ?? 0);
}

/** One past the last line that is read together with `first`: many, or a single huge one. */
function windowEnd(table: LineTable, first: number): number {
  const { length } = table.columns;
  let bytes = 0;
  for (let line = first; line < table.count; line++) {
    bytes += length.values[line] ?? 0;
    if (bytes > WINDOW_BYTES && line > first) return line;
  }
  return table.count;
}

/**
 * The lines of the file a window at a time, in one buffer: one for each would pile up, for the collector
 * hardly notices what lies outside of its heap.
 */
function createWindow(
  source: DiskFile,
  { table, bytes }: { readonly table: LineTable; readonly bytes: number },
) {
  const { offset, length } = table.columns;
  let buffer = new Uint8Array(bytes);
  let start = 0;
  return {
    /** Reads lines, and what stands between them, at once. */
    async move({ first, next }: { readonly first: number; readonly next: number }): Promise<void> {
      start = offset.values[first] ?? 0;
      const end = (offset.values[next - 1] ?? 0) + (length.values[next - 1] ?? 0);
      if (end - start > buffer.length) buffer = new Uint8Array(end - start);
      await readInto(buffer.subarray(0, end - start), source, start);
    },
    /** Only valid until the window is moved. */
    bytesOf(line: number): Uint8Array {
      const from = (offset.values[line] ?? 0) - start;
      return buffer.subarray(from, from + (length.values[line] ?? 0));
    },
  };
}

/** Gathers what is to be written, in one buffer too. */
function createOutbox(target: DiskFile, bytes: number) {
  const buffer = new Uint8Array(bytes);
  let used = 0;
  return {
    /** Whether there was room for it. */
    take(bytes: Uint8Array): boolean {
      if (used + bytes.length > buffer.length) return false;
      buffer.set(bytes, used);
      used += bytes.length;
      return true;
    },
    /** Writes what was taken, and `bytes` after it. */
    async send(bytes: Uint8Array = new Uint8Array(0)): Promise<void> {
      await writeAll(target, buffer.subarray(0, used));
      used = 0;
      await writeAll(target, bytes);
    },
  };
}

/** The line with its task's id and number of today, and with what the lines that go had cost. */
function lineAsItIsNow(
  table: LineTable,
  { supersededUsd, displaced }: Survivors,
  { line, bytes }: { readonly line: number; readonly bytes: Uint8Array },
): Uint8Array {
  const { relabelled, index: indexes } = table.columns;
  const goneUsd = supersededUsd.get(line) ?? 0;
  const isDisplaced = displaced.has(line);
  if (relabelled.values[line] !== 1 && goneUsd === 0 && !isDisplaced) return bytes;
  const checked = checkLine(bytes);
  if (!checked.ok)
    throw new Error(`the file was changed while it was in use: a line ${checked.problem}`);
  const { record } = checked;
  const superseded = roundUsd(goneUsd + (record.superseded_usd ?? 0));
  return Buffer.from(
    recordLine({
      ...record,
      ...table.renamed.get(line),
      ...(isDisplaced && { id: idOfDisplaced(record.id, bytes) }),
      index: indexes.values[line] ?? record.index,
      ...(superseded > 0 && { superseded_usd: superseded }),
    }),
  );
}

/** No id of a manifest has a tilde in this place; two lines of one id are told apart by what else they hold. */
function idOfDisplaced(id: string, bytes: Uint8Array): string {
  return `${id}~${hash('sha256', bytes).slice(0, 8)}`;
}
