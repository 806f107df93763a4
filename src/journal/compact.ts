import { dirname } from 'node:path';
import { roundUsd } from '../money/cost.ts';
import type { Disk, DiskFile } from '../ports/disk.ts';
import { recordLine } from '../results/serialize.ts';
import type { LineTable } from './line-table.ts';
import { checkLine } from './record-line.ts';
import type { Survivors } from './survivors.ts';
import { readExactly, writeAll } from './write-all.ts';

/**
 * Replaces the file by one that holds only the lines that stay, in the same order, with the ids
 * and numbers that their tasks have now. The old file is there until the new one is whole and
 * durable. Memory does not depend on the size.
 */
export async function compact(
  disk: Disk,
  from: { readonly file: DiskFile; readonly path: string },
  { table, stays }: { readonly table: LineTable; readonly stays: Survivors },
): Promise<void> {
  const name = compactName(from.path);
  const target = await disk.create(name);
  try {
    await copyLines(from.file, target, { table, stays });
    await target.sync();
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

const WINDOW_BYTES = 1024 * 1024;

async function copyLines(
  source: DiskFile,
  target: DiskFile,
  { table, stays }: { readonly table: LineTable; readonly stays: Survivors },
): Promise<void> {
  for (let first = 0; first < table.count;) {
    const next = windowEnd(table, first);
    const window = await readWindow(source, table, { first, next });
    const pieces: Uint8Array[] = [];
    for (let line = first; line < next; line++) {
      if (!stays.has(line)) continue;
      pieces.push(lineAsItIsNow(table, stays, { line, bytes: window(line) }));
    }
    await writeAll(target, Buffer.concat(pieces));
    first = next;
  }
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

/** Reads the lines, which follow each other without a gap, at once. */
async function readWindow(
  source: DiskFile,
  table: LineTable,
  { first, next }: { readonly first: number; readonly next: number },
): Promise<(line: number) => Uint8Array> {
  const { offset, length } = table.columns;
  const start = offset.values[first] ?? 0;
  const end = (offset.values[next - 1] ?? 0) + (length.values[next - 1] ?? 0);
  const bytes = await readExactly(source, { offset: start, length: end - start });
  return (line) => {
    const from = (offset.values[line] ?? 0) - start;
    return bytes.subarray(from, from + (length.values[line] ?? 0));
  };
}

/** The line with its task's id and number of today, and with what the lines that go had cost. */
function lineAsItIsNow(
  table: LineTable,
  { supersededUsd }: Survivors,
  { line, bytes }: { readonly line: number; readonly bytes: Uint8Array },
): Uint8Array {
  const { relabelled, index: indexes } = table.columns;
  const goneUsd = supersededUsd.get(line) ?? 0;
  if (relabelled.values[line] !== 1 && goneUsd === 0) return bytes;
  const checked = checkLine(bytes);
  if (!checked.ok)
    throw new Error(`the file was changed while it was in use: a line ${checked.problem}`);
  const { record } = checked;
  const superseded = roundUsd(goneUsd + (record.superseded_usd ?? 0));
  return Buffer.from(
    recordLine({
      ...record,
      ...table.renamed.get(line),
      index: indexes.values[line] ?? record.index,
      ...(superseded > 0 && { superseded_usd: superseded }),
    }),
  );
}
