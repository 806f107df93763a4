import { dirname } from 'node:path';
import type { Disk, DiskFile } from '../ports/disk.ts';
import { readExactly, writeAll } from '../ports/write-all.ts';
import { recordLine } from '../results/serialize.ts';
import type { Companion, CompanionLine } from './companion.ts';
import { isAsItIs, MARK, isMarked, sealOf, type LineTable } from './line-table.ts';
import type { LinesToKeep } from './lines-to-keep.ts';
import { fileOf, labelled, recordIn, type JournalFiles } from './read-record.ts';
import { resealed, type Sealing } from './sealing.ts';

export interface Rewrite {
  readonly files: JournalFiles;
  /** The real name of the results file. */
  readonly path: string;
  readonly table: LineTable;
  readonly lines: LinesToKeep;
  readonly companion: Companion;
  readonly sealing: Sealing | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Replaces the results file by one that holds only the lines to keep, in their order, with the labels that their
 * tasks have now. What moves is durable in the companion first, and the old file is there until the new one is whole
 * and durable. Memory does not depend on the size. Rejects with the signal's reason if that comes before the new
 * file is in place; the old one then stays, and is as good.
 */
export async function rewrite(disk: Disk, job: Rewrite): Promise<void> {
  await moveLines(job);
  const name = rewriteName(job.path);
  const target = await disk.create(name);
  try {
    await writeLines(target, job);
    await target.sync();
    job.signal?.throwIfAborted();
  } catch (error) {
    await target.close().catch(() => undefined);
    await disk.remove(name).catch(() => undefined);
    throw error;
  }
  await target.close();
  await disk.rename(name, job.path);
  await disk.syncFolder(dirname(job.path));
}

/** Left behind only by a run that was killed while it rewrote the file, and then worth nothing: opening removes it. */
export function rewriteName(path: string): string {
  return `${path}.rewrite`;
}

async function moveLines(job: Rewrite): Promise<void> {
  const { table, lines, companion } = job;
  const moving = [...lines.moved.keys()]
    .filter((line) => !isMarked(table, line, MARK.inCompanion))
    .sort((one, other) => one - other);
  if (moving.length < lines.moved.size) await companion.sync();
  for await (const batch of inBatches(job, moving)) {
    await companion.append(
      batch.map(({ line, bytes }): CompanionLine => ({
        kind: 'record',
        reason: lines.moved.get(line) ?? 'superseded',
        record: recordIn(table, line, bytes),
      })),
    );
  }
}

async function writeLines(target: DiskFile, job: Rewrite): Promise<void> {
  for await (const batch of inBatches(job, job.lines.kept)) {
    await writeAll(target, Buffer.concat(batch.map((found) => lineNow(job, found))));
  }
}

interface FoundLine {
  readonly line: number;
  readonly bytes: Uint8Array;
}

/** A line with what the manifest says of its task now. An answer that is not the caller's gets no seal by that. */
function lineNow({ table, sealing }: Rewrite, { line, bytes }: FoundLine): Uint8Array {
  if (isAsItIs(table, line)) return bytes;
  const record = labelled(recordIn(table, line, bytes), table.labels.get(line));
  const isTrusted = sealing?.trustsAll === true || sealOf(table, line) === 'ours';
  return Buffer.from(recordLine(resealed(record, isTrusted ? sealing?.seal : undefined)));
}

/** Bytes that are read ahead, so that a file that is almost in order is read in large pieces. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** Bytes between two lines that are read along rather than skipped. */
const GAP_BYTES = 64 * 1024;

async function* inBatches(
  { files, table, signal }: Rewrite,
  lines: readonly number[],
): AsyncGenerator<readonly FoundLine[]> {
  const { length } = table.columns;
  for (let from = 0; from < lines.length;) {
    signal?.throwIfAborted();
    let [to, bytes] = [from, 0];
    do bytes += length.at(lines[to++] ?? 0);
    while (to < lines.length && bytes + length.at(lines[to] ?? 0) <= BATCH_BYTES);
    const batch = lines.slice(from, to);
    const found = await readTogether(files, table, batch);
    yield batch.map((line) => ({ line, bytes: found.get(line) ?? new Uint8Array(0) }));
    from = to;
  }
}

/** Reads lines in the order in which they are on disk, neighbors at once. */
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
