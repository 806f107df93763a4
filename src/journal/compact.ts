import { dirname } from 'node:path';
import { roundUsd } from '../money/cost.ts';
import type { Disk, DiskFile } from '../ports/disk.ts';
import { spentUsd, type ResultRecord } from '../results/record.ts';
import { recordLine } from '../results/serialize.ts';
import { displacedId } from './displaced-id.ts';
import { NONE } from './key-chains.ts';
import {
  isMarked,
  labelOf,
  MARK,
  offsetOf,
  sealOf,
  statusOf,
  type LineTable,
} from './line-table.ts';
import { labelled, readRecord } from './read-record.ts';
import { checkLine } from './record-line.ts';
import { resealed, type Sealing } from './sealing.ts';
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
  readonly sealing: Sealing | undefined;
}

const WINDOW_BYTES = 1024 * 1024;
const NEWLINE = 10;

async function copyLines(source: DiskFile, target: DiskFile, lines: Lines): Promise<void> {
  const { stays } = lines;
  const legacies = await legaciesOf(source, lines);
  const outbox = createOutbox(target);
  for await (const window of windowsOf(source, lines)) {
    for (let line = window.first; line < window.next; line++) {
      if (!stays.has(line)) continue;
      const place = { line, bytes: window.bytesOf(line) };
      const { usd, partialLine } = legacies.get(line) ?? NO_LEGACY;
      const partial =
        partialLine === NONE ? undefined : await readRecord(source, lines.table, partialLine);
      const now = lineAsItIsNow(lines, place, { usd, partial });
      if (!outbox.take(now)) await outbox.send(now);
    }
  }
  await outbox.send();
}

/** What the lines that go leave to the one of the same task that stays. */
interface Legacy {
  /** What they have cost, US dollars. */
  usd: number;
  /** The newest of them with a part of an answer, where the one that stays has no answer. */
  partialLine: number;
}

const NO_LEGACY: Readonly<Legacy> = { usd: 0, partialLine: NONE };

async function legaciesOf(source: DiskFile, lines: Lines): Promise<ReadonlyMap<number, Legacy>> {
  const { superseded } = lines.stays;
  const legacies = new Map<number, Legacy>();
  if (superseded.size === 0) return legacies;
  for await (const window of windowsOf(source, lines)) {
    for (let line = window.first; line < window.next; line++) {
      const by = superseded.get(line);
      if (by === undefined) continue;
      const record = recordIn(window.bytesOf(line));
      const isPartial =
        record.partial_output !== undefined && statusOf(lines.table, by) !== 'succeeded';
      const usd = spentUsd(record);
      if (usd === 0 && !isPartial) continue;
      const legacy = legacies.get(by) ?? { ...NO_LEGACY };
      legacy.usd += usd;
      if (isPartial) legacy.partialLine = line;
      legacies.set(by, legacy);
    }
  }
  return legacies;
}

/** Lines that were read at once; only valid until the next ones are asked for. */
interface Window {
  readonly first: number;
  /** One past the last. */
  readonly next: number;
  /** Without the blank lines that follow it. */
  bytesOf(line: number): Uint8Array;
}

/**
 * The lines of the file a window at a time, in one buffer: one for each would pile up, for the collector
 * hardly notices what lies outside of its heap.
 */
async function* windowsOf(
  source: DiskFile,
  { table, signal }: Pick<Lines, 'table' | 'signal'>,
): AsyncGenerator<Window> {
  let buffer = new Uint8Array(Math.min(WINDOW_BYTES, table.end));
  for (let first = 0; first < table.count;) {
    signal?.throwIfAborted();
    const next = windowEnd(table, first);
    const start = offsetOf(table, first);
    const bytes = offsetOf(table, next) - start;
    if (bytes > buffer.length) buffer = new Uint8Array(bytes);
    await readInto(buffer.subarray(0, bytes), source, start);
    yield {
      first,
      next,
      bytesOf(line) {
        const from = offsetOf(table, line) - start;
        return buffer.subarray(from, buffer.indexOf(NEWLINE, from) + 1);
      },
    };
    first = next;
  }
}

/** One past the last line that is read together with `first`: many, or a single huge one. */
function windowEnd(table: LineTable, first: number): number {
  const most = offsetOf(table, first) + WINDOW_BYTES;
  let next = first + 1;
  while (next < table.count && offsetOf(table, next + 1) <= most) next += 1;
  return next;
}

/** Gathers what is to be written, in one buffer too. */
function createOutbox(target: DiskFile) {
  const buffer = new Uint8Array(WINDOW_BYTES);
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

/** The line with its task's id and number of today, and with what the lines that go leave to it. */
function lineAsItIsNow(
  { table, stays, sealing }: Lines,
  { line, bytes }: { readonly line: number; readonly bytes: Uint8Array },
  { usd, partial }: { readonly usd: number; readonly partial: ResultRecord | undefined },
): Uint8Array {
  const displaced = stays.displaced.get(line);
  const isAsItWas = !isMarked(table, line, MARK.relabelled) && !displaced;
  if (isAsItWas && usd === 0 && !partial) return bytes;
  const record = recordIn(bytes);
  const superseded = roundUsd(usd + (record.superseded_usd ?? 0));
  const isOfSame = partial?.fingerprint === record.fingerprint;
  const isTrusted = sealing?.trustsAll === true || sealOf(table, line) === 'ours';
  const now: ResultRecord = {
    ...labelled(record, labelOf(table, line)),
    ...(displaced && { id: displacedId(record.id, bytes, displaced) }),
    ...(partial && isOfSame && { partial_output: record.partial_output ?? partial.partial_output }),
    ...(superseded > 0 && { superseded_usd: superseded }),
  };
  return Buffer.from(recordLine(resealed(now, isTrusted ? sealing?.seal : undefined)));
}

function recordIn(bytes: Uint8Array): ResultRecord {
  const checked = checkLine(bytes);
  if (checked.ok) return checked.record;
  throw new Error(`the file was changed while it was in use: a line ${checked.problem}`);
}
