import { dirname } from 'node:path';
import { type Disk, type DiskFile, writeAll } from '../ports/disk.ts';
import { spentUsd, type ResultRecord } from '../results/record.ts';
import { recordLine } from '../results/serialize.ts';
import type { Companion, CompanionLine } from './companion.ts';
import { isAsItIs, MARK, isMarked, sealOf, type LineTable } from './line-table.ts';
import type { LinesToKeep } from './lines-to-keep.ts';
import { readLinesAt, type FoundLine } from './read-lines-at.ts';
import { recordIn, recordNow, type JournalFiles } from './read-record.ts';
import { resealed, type Sealing } from './sealing.ts';

export interface Rewrite {
  readonly files: JournalFiles;
  /** The path of the results file, with symlinks resolved. */
  readonly path: string;
  readonly table: LineTable;
  readonly lines: LinesToKeep;
  readonly companion: Companion;
  readonly sealing: Sealing | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Replaces the results file with one that contains only the lines to keep, in their order, with the
 * current labels of their tasks. Lines that move are made durable in the companion first, and the
 * old file stays until the new one is durable. Memory does not depend on the size of the file.
 * Rejects with the signal's reason if the signal aborts before the new file is in place.
 */
export async function rewrite(disk: Disk, job: Rewrite): Promise<void> {
  await moveLines(job);
  await replaceFile(disk, job.path, (target) => writeLines(target, job), job.signal);
}

/**
 * Replaces a file durably. The old file stays unchanged until the new one is complete, and if
 * anything fails.
 */
export async function replaceFile(
  disk: Disk,
  path: string,
  write: (target: DiskFile) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const name = rewriteName(path);
  const target = await disk.create(name);
  try {
    await write(target);
    await target.sync();
    signal?.throwIfAborted();
  } catch (error) {
    await target.close().catch(() => undefined);
    await disk.remove(name).catch(() => undefined);
    throw error;
  }
  await target.close();
  await disk.rename(name, path);
  await disk.syncFolder(dirname(path));
}

/** A killed run may leave a file with this name behind; opening the results removes it. */
export function rewriteName(path: string): string {
  return `${path}.rewrite`;
}

async function moveLines(job: Rewrite): Promise<void> {
  const { table, lines, companion } = job;
  const moving = [...lines.moved.keys()]
    .filter((line) => !isMarked(table, line, MARK.inCompanion))
    .sort((one, other) => one - other);
  if (moving.length < lines.moved.size) await companion.sync();
  for await (const batch of readLinesAt(job, moving)) {
    const moved = batch.flatMap(({ line, bytes }): CompanionLine | [] => {
      const record = recordIn(table, line, bytes);
      if (!wasSent(record)) return [];
      return { kind: 'record', reason: lines.moved.get(line) ?? 'superseded', record };
    });
    if (moved.length > 0) await companion.append(moved);
  }
}

/**
 * Whether a request was sent. Skipped tasks, for example, have records although nothing was sent
 * for them.
 */
function wasSent(record: ResultRecord): boolean {
  return record.status === 'succeeded' || record.attempts > 0 || spentUsd(record) > 0;
}

async function writeLines(target: DiskFile, job: Rewrite): Promise<void> {
  for await (const batch of readLinesAt(job, job.lines.kept)) {
    await writeAll(target, Buffer.concat(batch.map((found) => lineNow(job, found))));
  }
}

/**
 * A line with the current label of its task. Other people's answers do not get the caller's seal.
 */
function lineNow({ table, sealing }: Rewrite, { line, bytes }: FoundLine): Uint8Array {
  if (isAsItIs(table, line)) return bytes;
  const record = recordNow(table, line, bytes);
  const isTrusted = sealing?.trustsAll === true || sealOf(table, line) === 'ours';
  return Buffer.from(recordLine(resealed(record, isTrusted ? sealing?.seal : undefined)));
}
