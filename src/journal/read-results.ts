import { type Disk, withFile } from '../ports/disk.ts';
import { openChunks, type BatchLine, type OpenChunk } from '../batch/batch-line.ts';
import { isCurrentFingerprint } from '../plan/fingerprint.ts';
import { spentUsd, type ResultRecord } from '../results/record.ts';
import type { SealCheck } from '../results/seal.ts';
import {
  checkCompanionLine,
  companionName,
  identityOf,
  type CheckedCompanionLine,
  type FoundCompanion,
} from './companion.ts';
import { addFound, MARK, mark, newLineTable, USE, type LineTable } from './line-table.ts';
import type { LinePlace } from './read-lines.ts';
import { readWhole, type NamedFile, type Tail, type Whole } from './read-whole-file.ts';
import { isMarkedId, withPlainId, checkLine } from './record-line.ts';

/** The content of a results file and its companion. */
export interface ReadResults {
  readonly table: LineTable;
  readonly found: FoundRecords;
  readonly tail: Tail;
  /** The offset in bytes at which to write the next line once the tail is repaired. */
  readonly end: number;
  /** Undefined if there is no companion. */
  readonly companion: FoundCompanion | undefined;
  /** What pruning would remove from the companion. */
  readonly prunable: Prunable;
}

export interface Prunable {
  readonly lines: number;
  /** What these lines cost, not counting records that are in the results file too. */
  readonly costUsd: number;
  /** The lines that pruning keeps. */
  readonly others: readonly LinePlace[];
}

export interface FoundRecords {
  /**
   * What all runs that wrote to this file cost, in US dollars: every record, including superseded
   * and removed ones and attempts that may have been charged, and the companion's other lines.
   * Unknown costs count as 0.
   */
  readonly spentUsd: number;
  /** Whether this release would compute a different fingerprint for some record. */
  readonly isOfEarlierRelease: boolean;
  /** Whether some answers were not sealed with the caller's key. */
  readonly isFromElsewhere: boolean;
  /** Batches that were created, or may have been, and are not collected. */
  readonly openChunks: readonly OpenChunk[];
  /** `BATCH_ID FINGERPRINT` of each record that came from one of these batches. */
  readonly collectedRows: ReadonlySet<string>;
  /** Whether some of these batches were not sealed with the caller's key. */
  readonly hasChunksFromElsewhere: boolean;
  /** The last deadline that a run set. */
  readonly deadlineEpochMs?: number | undefined;
}

export type CheckSeal = (record: object) => SealCheck;

export interface ReadOptions {
  /** Called for each record of the results file, including superseded ones. */
  readonly onRecord?: ((record: ResultRecord) => void) | undefined;
  /** Default: every answer counts as sealed by the caller. */
  readonly checkSeal?: CheckSeal | undefined;
  /**
   * Indexes lines only by id, which takes a third less memory. For callers that do not match tasks.
   */
  readonly onlyIds?: boolean;
  /** Cancels reading: the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a results file and its companion as streams. Throws a `VolleyError` (exit 2) for damage
 * that a crash cannot explain, or the signal's reason.
 */
export async function readResults(
  results: NamedFile,
  companion: NamedFile | undefined,
  options: ReadOptions = {},
): Promise<ReadResults> {
  const table = newLineTable();
  const found = {
    spentUsd: 0,
    isOfEarlierRelease: false,
    isFromElsewhere: false,
    openChunks: new Array<OpenChunk>(),
    collectedRows: new Set<string>(),
    hasChunksFromElsewhere: false,
    deadlineEpochMs: undefined as number | undefined,
  };
  const prunable = { lines: 0, costUsd: 0, others: new Array<LinePlace>() };
  const batchLines: BatchLine[] = [];
  const stepsOfBatches: BatchStep[] = [];
  const foreignChunks = new Set<string>();
  const openBatches = new Set<string>();
  /**
   * Records of the companion. After a crash, or after a record was taken back, a record may be in
   * the results file too.
   */
  const copies = new Map<string, { readonly line: number; readonly usd: number }>();

  function add(record: ResultRecord, place: LinePlace & { readonly isAside: boolean }): number {
    const isAnswer = record.status === 'succeeded';
    const seal = (isAnswer && options.checkSeal?.(record)) || 'ours';
    found.spentUsd += spentUsd(record);
    if (record.batch_id !== undefined && (place.isAside || openBatches.has(record.batch_id))) {
      found.collectedRows.add(collectedRow(record.batch_id, record.fingerprint));
    }
    found.isFromElsewhere ||= seal !== 'ours';
    const { fingerprint } = record;
    found.isOfEarlierRelease ||= fingerprint !== null && !isCurrentFingerprint(fingerprint);
    return addFound(table, record, { ...place, seal, onlyIds: options.onlyIds === true });
  }

  function addCompanionLine(line: CheckedCompanionLine, place: LinePlace): void {
    const { kind, record, usd, batch, batchRow, untilEpochMs } = line;
    found.deadlineEpochMs = untilEpochMs ?? found.deadlineEpochMs;
    if (batch) {
      batchLines.push(batch.line);
      const seal = options.checkSeal?.(batch.value) ?? 'ours';
      if (seal !== 'ours') foreignChunks.add(batch.line.chunk);
    }
    if (batchRow) found.collectedRows.add(collectedRow(batchRow.batch_id, batchRow.custom_id));
    if (batch || batchRow) stepsOfBatches.push({ place, usd, ...batch?.line, ...batchRow });
    else if (PRUNABLE.has(kind)) prunable.lines += kind === 'pruned' ? 0 : 1;
    else prunable.others.push(place);
    const identity = record && identityOf(record);
    if (identity !== undefined && copies.has(identity)) return;
    if (PRUNABLE.has(kind)) prunable.costUsd += usd;
    if (!record || identity === undefined) found.spentUsd += usd;
    else copies.set(identity, { line: add(record, { ...place, isAside: true }), usd });
  }

  /** Once the whole companion is read: which batches are open, and which steps can be pruned. */
  function sortBatches(): void {
    found.openChunks.push(...openChunks(batchLines));
    const openIds = new Set<string>();
    for (const { batchId, intended } of found.openChunks) {
      openIds.add(intended.chunk);
      if (batchId === undefined) continue;
      openIds.add(batchId);
      openBatches.add(batchId);
    }
    for (const { place, usd, chunk, batch_id: batchId = '' } of stepsOfBatches) {
      if (openIds.has(chunk ?? batchId)) prunable.others.push(place);
      else {
        prunable.lines += 1;
        prunable.costUsd += usd;
      }
    }
    found.hasChunksFromElsewhere = found.openChunks.some(({ intended }) =>
      foreignChunks.has(intended.chunk),
    );
  }

  function addResult(record: ResultRecord, place: LinePlace): void {
    options.onRecord?.(record);
    const isAside = isMarkedId(record);
    const line = add(isAside ? withPlainId(record) : record, { ...place, isAside });
    const identity = copies.size > 0 ? identityOf(record) : '';
    const copy = copies.get(identity);
    if (!copy) return;
    copies.delete(identity);
    found.spentUsd -= copy.usd;
    prunable.costUsd -= copy.usd;
    table.columns.use.set(copy.line, USE.copied);
    mark(table, line, MARK.inCompanion);
  }

  const { signal } = options;
  const aside =
    companion &&
    (await readWhole(companion, checkCompanionLine, { onLine: addCompanionLine, signal }));
  table.companionCount = table.count;
  sortBatches();
  const { tail, end } = await readWhole(results, checkLine, { onLine: addResult, signal });
  return { table, found, tail, end, companion: aside && foundAs(aside), prunable };
}

/**
 * Opens a results file by its real path, and its companion; reads both and closes them. `name` is
 * for messages.
 */
export function readResultsAt(
  disk: Disk,
  at: { readonly real: string; readonly name: string; readonly hasCompanion: boolean },
  options: ReadOptions = {},
): Promise<ReadResults> {
  const { real, name, hasCompanion } = at;
  return withFile(disk, real, (file) => {
    const results = { file, name };
    if (!hasCompanion) return readResults(results, undefined, options);
    return withFile(disk, companionName(real), (companion) =>
      readResults(results, { file: companion, name: companionName(name) }, options),
    );
  });
}

/** The key of a row in `FoundRecords.collectedRows`. */
export function collectedRow(batchId: string, fingerprint: string | null): string {
  return `${batchId} ${fingerprint}`;
}

function foundAs({ tail, end }: Whole): FoundCompanion {
  return { end, isUnended: tail.kind === 'unended' || (tail.kind === 'torn' && tail.isUnended) };
}

/** A step of a batch, or an answer that came from one. */
interface BatchStep {
  readonly place: LinePlace;
  readonly usd: number;
  readonly chunk?: string;
  readonly batch_id?: string;
}

/**
 * The kinds of lines that only document the past. Lines of a batch are prunable too once the batch
 * is collected.
 */
const PRUNABLE: ReadonlySet<string> = new Set(['record', 'torn', 'warm_up', 'pruned']);
