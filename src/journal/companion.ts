import { dirname } from 'node:path';
import { readBatchLine, type BatchLine, type BatchRowLine } from '../batch/batch-line.ts';
import { type Disk, type DiskFile, type DiskStat, writeAll } from '../ports/disk.ts';
import { isObject } from '../ports/json-shape.ts';
import { spentUsd, type RecordUsage, type ResultRecord } from '../results/record.ts';
import type { Seal } from '../results/seal.ts';
import { safeJson } from '../results/serialize.ts';
import type { MoveReason } from './lines-to-keep.ts';
import { missingResults, notAFile } from './file-errors.ts';
import { checkRecord, isAmount, parseLine, wrong, type CheckedLine } from './record-line.ts';

/**
 * One line of the companion. It belongs to a results file but is not the current record of a task.
 * Lines of unknown kinds are kept, and their `cost_usd` counts as spent.
 */
export type CompanionLine =
  | {
      readonly kind: 'record';
      /** Why it was moved here. */
      readonly reason: MoveReason;
      readonly record: ResultRecord;
    }
  /** A part of the bytes that were cut off the end of the results file. */
  | { readonly kind: 'torn'; readonly offset: number; readonly base64: string }
  /**
   * The cost of a call that wrote a shared prefix to a provider's cache. It does not belong to any
   * task.
   */
  | ({ readonly kind: 'warm_up' } & WarmUpLine)
  | ({ readonly kind: 'batch' } & BatchLine)
  | ({ readonly kind: 'batch_row' } & BatchRowLine)
  /** When all answers are due. The last line of this kind is the one that counts. */
  | { readonly kind: 'deadline'; readonly at: string; readonly until: string }
  /** The cost of the lines that were pruned. */
  | { readonly kind: 'pruned'; readonly cost_usd: number };

export interface WarmUpLine {
  /** `provider/model`. */
  readonly lane: string;
  readonly at: string;
  readonly usage?: RecordUsage;
  /**
   * US dollars, including what the call may have cost without reporting it; null if the price is
   * unknown.
   */
  readonly cost_usd: number | null;
}

export function companionName(results: string): string {
  return `${results}.volley`;
}

/** A results file and its companion as found on disk; each is undefined if it does not exist. */
export interface FoundFiles {
  readonly results: DiskStat | undefined;
  readonly companion: DiskStat | undefined;
}

/**
 * Throws a `VolleyError` (exit 2) if a file cannot be used. `real`: the path with symlinks
 * resolved; `name`: for messages.
 */
export async function findFiles(disk: Disk, real: string, name: string): Promise<FoundFiles> {
  const [results, companion] = [await disk.stat(real), await disk.stat(companionName(real))];
  if (results && results.kind !== 'file') throw notAFile(name);
  if (companion && companion.kind !== 'file') throw notAFile(companionName(name));
  if (!results && companion) throw missingResults(name, companionName(name));
  return { results, companion };
}

export interface FoundCompanion {
  /** The offset in bytes at which to write the next line. */
  readonly end: number;
  /** Whether the last line lacks its `\n`, which `end` already includes. */
  readonly isUnended: boolean;
}

/**
 * The companion of an open results file. Lines are only appended, and only pruning removes them.
 */
export interface Companion {
  readonly path: string;
  /**
   * Resolves once the lines are durable. Creates the file on first use. After a failure, the file
   * contains none of the lines.
   */
  append(lines: readonly CompanionLine[]): Promise<void>;
  /** Resolves once everything in the file is durable, including lines that a killed run left. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** `found` is undefined if the file does not exist yet. */
export function openCompanion(
  disk: Disk,
  path: string,
  { found, seal }: { readonly found: FoundCompanion | undefined; readonly seal: Seal | undefined },
): Companion {
  let file: DiskFile | undefined;
  let end = found?.end ?? 0;
  let last: Promise<void> = Promise.resolve();

  async function opened(): Promise<DiskFile> {
    if (file) return file;
    file = found === undefined ? await disk.create(path) : await disk.open(path);
    if (found === undefined) await disk.syncFolder(dirname(path));
    if (found?.isUnended) {
      await file.truncate(end - 1);
      await writeAll(file, NEWLINE);
    } else {
      // Removes the part that a crash left of a line that was never durable.
      await file.truncate(end);
    }
    return file;
  }

  async function write(lines: readonly CompanionLine[]): Promise<void> {
    const bytes = Buffer.from(lines.map((line) => companionLine(line, seal)).join(''));
    const target = await opened();
    try {
      await writeAll(target, bytes);
      await target.sync();
    } catch (error) {
      await target.truncate(end).catch(() => undefined);
      if (end === 0 && found === undefined) await discard(target).catch(() => undefined);
      throw error;
    }
    end += bytes.length;
  }

  /** Removes the empty file: it should exist only if something was written to it. */
  async function discard(empty: DiskFile): Promise<void> {
    file = undefined;
    await empty.close();
    await disk.remove(path);
  }

  return {
    path,
    append(lines) {
      const written = last.then(() => write(lines));
      last = written.catch(() => undefined);
      return written;
    },
    sync: async () => (await opened()).sync(),
    async close() {
      await last;
      await file?.close();
    },
  };
}

const NEWLINE = new Uint8Array([10]);

export function companionLine(line: CompanionLine, seal: Seal | undefined): string {
  const value = { v: 1, ...line };
  return `${safeJson(seal?.sealed(value) ?? value)}\n`;
}

/** What a run needs to know about a line: its record, if any, and what it cost. */
export interface CheckedCompanionLine {
  readonly kind: string;
  readonly usd: number;
  readonly record?: ResultRecord;
  /** A step of a batch, and the JSON object that it was read from. */
  readonly batch?: { readonly line: BatchLine; readonly value: object };
  /** The time that a deadline line contains. */
  readonly untilEpochMs?: number;
  /** The row of a batch that this line answers. */
  readonly batchRow?: Pick<BatchRowLine, 'batch_id' | 'custom_id'>;
}

/** Checks one line of a companion, without its line break. */
export function checkCompanionLine(bytes: Uint8Array): CheckedLine<CheckedCompanionLine> {
  const parsed = parseLine(bytes);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  const { kind, cost_usd: cost = null, record, batch_id, custom_id, until } = value;
  if (typeof kind !== 'string') return invalid('`kind` is missing');
  if (cost !== null && !isAmount(cost)) return invalid('`cost_usd` is not an amount');
  const usd = cost ?? 0;
  switch (kind) {
    case 'batch': {
      const line = readBatchLine(value);
      if (!line) return invalid('it is not a step of a batch');
      return { ok: true, value: { kind, usd: 0, batch: { line, value } } };
    }
    case 'deadline': {
      const untilEpochMs = typeof until === 'string' ? Date.parse(until) : NaN;
      if (Number.isNaN(untilEpochMs)) return invalid('it is not a time');
      return { ok: true, value: { kind, usd: 0, untilEpochMs } };
    }
    case 'batch_row':
      if (typeof batch_id !== 'string' || typeof custom_id !== 'string') {
        return invalid('it is not a row of a batch');
      }
      return { ok: true, value: { kind, usd, batchRow: { batch_id, custom_id } } };
    case 'record': {
      const checked = isObject(record) ? checkRecord(record) : wrong('has no record');
      if (!checked.ok) return checked;
      return { ok: true, value: { kind, usd: spentUsd(checked.value), record: checked.value } };
    }
    default:
      return { ok: true, value: { kind, usd } };
  }
}

function invalid(why: string) {
  return wrong(`is not a valid companion line: ${why}`);
}

/**
 * The identity of a record: two lines with the same identity are copies of one record, even if its
 * task was renamed in the meantime. Copies exist if a crash occurred between moving the record and
 * deleting the original.
 */
export function identityOf(record: ResultRecord): string {
  const {
    fingerprint,
    id,
    status,
    started_at: from,
    finished_at: to,
    request_id: request,
  } = record;
  const isShared = record.shared_with !== undefined;
  return JSON.stringify([fingerprint ?? id, status, from, to, request, isShared]);
}

/**
 * Whether a run with the results file `results` creates, replaces or deletes a file named `path`
 * next to it. Both are paths with symlinks resolved.
 */
export function isSideName(path: string, results: string): boolean {
  return path.startsWith(results) && SIDE_ENDS.test(path.slice(results.length));
}

/**
 * The companion, the lock, a file being rewritten, saved copies, and the names that release 0.1.0
 * used.
 */
const SIDE_ENDS =
  /^\.(?:volley|volley\.rewrite|lock|lock-journal|lock-holder|rewrite|compact|(?:torn|kept)-\d+)$/;
