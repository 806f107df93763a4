import { type Disk, type ReadableFile, withFile } from '../ports/disk.ts';
import { openChunks, type BatchLine, type OpenChunk } from '../batch/batch-line.ts';
import { isCurrentFingerprint } from '../plan/fingerprint.ts';
import { beginsLikeResults, BEGINNING_BYTES } from '../results/begins-like-results.ts';
import { notResults } from '../results/write-problems.ts';
import { spentUsd, type ResultRecord } from '../results/record.ts';
import type { SealCheck } from '../results/seal.ts';
import { checkCompanionLine, companionName, identityOf, type FoundCompanion } from './companion.ts';
import { addFound, MARK, mark, newLineTable, USE, type LineTable } from './line-table.ts';
import { isMarkedId, withPlainId, checkLine, type CheckedLine } from './record-line.ts';
import type { ByteLine } from '../ports/lines.ts';
import { readLines, type LinePlace } from './read-lines.ts';
import { damaged } from './file-errors.ts';

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

/**
 * How the file ends. `whole`: with a complete line. `unended`: with a line that only lacks its
 * `\n`. `torn`: with other bytes from `offset` on, left by a crash or a power cut; `isUnended` then
 * tells whether the line before them lacks its `\n`.
 */
export type Tail =
  | { readonly kind: 'whole' }
  | { readonly kind: 'unended' }
  | { readonly kind: 'torn'; readonly offset: number; readonly isUnended: boolean };

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

/** An open file, and its name for messages. */
export interface NamedFile {
  readonly file: ReadableFile;
  readonly name: string;
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
  const batchLines: BatchLine[] = [];
  const ofBatches: OfBatch[] = [];
  const foreignChunks = new Set<string>();
  const openBatches = new Set<string>();
  const prunable = { lines: 0, costUsd: 0, others: new Array<LinePlace>() };
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

  const companionRead =
    companion &&
    (await readWhole(companion, checkCompanionLine, {
      ...options,
      onLine({ kind, record, usd, batch, batchRow, untilEpochMs }, place) {
        found.deadlineEpochMs = untilEpochMs ?? found.deadlineEpochMs;
        if (batch) {
          batchLines.push(batch.line);
          const seal = options.checkSeal?.(batch.value) ?? 'ours';
          if (seal !== 'ours') foreignChunks.add(batch.line.chunk);
        }
        if (batch || batchRow) ofBatches.push({ place, usd, ...batch?.line, ...batchRow });
        else if (PRUNABLE.has(kind)) prunable.lines += kind === 'pruned' ? 0 : 1;
        else prunable.others.push(place);
        if (batchRow) {
          found.collectedRows.add(collectedRow(batchRow.batch_id, batchRow.custom_id));
        }
        const identity = record && identityOf(record);
        if (identity !== undefined && copies.has(identity)) return;
        if (PRUNABLE.has(kind)) prunable.costUsd += usd;
        if (!record || identity === undefined) found.spentUsd += usd;
        else copies.set(identity, { line: add(record, { ...place, isAside: true }), usd });
      },
    }));
  table.companionCount = table.count;
  found.openChunks.push(...openChunks(batchLines));
  for (const { batchId } of found.openChunks) if (batchId !== undefined) openBatches.add(batchId);
  const openIds = new Set([
    ...openBatches,
    ...found.openChunks.map(({ intended }) => intended.chunk),
  ]);
  for (const { place, usd, chunk, batch_id: batchId } of ofBatches) {
    if (openIds.has(chunk ?? batchId ?? '')) prunable.others.push(place);
    else {
      prunable.lines += 1;
      prunable.costUsd += usd;
    }
  }
  found.hasChunksFromElsewhere = found.openChunks.some(({ intended }) =>
    foreignChunks.has(intended.chunk),
  );
  const { tail, end } = await readWhole(results, checkLine, {
    ...options,
    onLine(record, place) {
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
    },
  });
  return { table, found, tail, end, companion: companionRead && foundAs(companionRead), prunable };
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
interface OfBatch {
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

interface Whole {
  readonly tail: Tail;
  readonly end: number;
}

async function readWhole<Value>(
  { file, name }: NamedFile,
  check: (bytes: Uint8Array) => CheckedLine<Value>,
  {
    onLine,
    signal,
  }: {
    readonly onLine: (value: Value, place: LinePlace) => void;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Whole> {
  let tail: Tail = { kind: 'whole' };
  let suspect: Suspect | undefined;
  let count = 0;
  let end = 0;
  /**
   * Whether no whole line has been found so far and the file does not even start like a results
   * file.
   */
  const isForeign = async (): Promise<boolean> => count === 0 && !(await mayBeResults(file));
  for await (const lines of readLines(file)) {
    signal?.throwIfAborted();
    for (const found of lines) {
      // After NUL bytes, the rest of the file is ignored.
      for (const line of suspect ? [found] : piecesOf(withoutMark(found), check)) {
        // An editor may leave blank lines. After a bad line, they are not treated as a torn end.
        if (!suspect && isBlank(line)) {
          end = line.offset + line.length;
          continue;
        }
        const checked = line.bytes ? check(line.bytes) : TOO_LONG;
        if (!checked.ok) {
          if (suspect && !suspect.hasNul && (await isForeign())) throw notResults(name);
          suspect = suspected(suspect, line, checked, name);
          continue;
        }
        // Because a good line follows, the bad one was not a torn end.
        if (suspect) throw damaged(name, suspect, suspect.problem);
        const place = { offset: line.offset, length: line.length + (line.ended ? 0 : 1) };
        onLine(checked.value, place);
        count += 1;
        end = place.offset + place.length;
        if (!line.ended) tail = { kind: 'unended' };
      }
    }
  }
  if (suspect) {
    if (await isForeign()) throw notResults(name);
    const isUnended = tail.kind === 'unended';
    tail = { kind: 'torn', offset: suspect.offset, isUnended };
    end = suspect.offset + (isUnended ? 1 : 0);
  }
  return { tail, end };
}

const TOO_LONG = { ok: false, problem: 'is longer than any record', isWhole: false } as const;

/** A line without the byte order mark that some editors add. */
function withoutMark(line: ByteLine): ByteLine {
  const { bytes, offset, length } = line;
  if (offset > 0 || !bytes || !BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte)) return line;
  const skipped = BYTE_ORDER_MARK.length;
  return {
    ...line,
    offset: offset + skipped,
    length: length - skipped,
    bytes: bytes.subarray(skipped),
  };
}

/** A power cut may leave NUL bytes where a line break and the next lines were. */
function piecesOf(
  line: ByteLine,
  check: (bytes: Uint8Array) => { ok: boolean },
): readonly ByteLine[] {
  const { bytes, offset, length } = line;
  const at = bytes?.indexOf(0) ?? -1;
  if (!bytes || at <= 0 || !check(bytes.subarray(0, at)).ok) return [line];
  return [
    { ...line, length: at, bytes: bytes.subarray(0, at), ended: false },
    { ...line, offset: offset + at, length: length - at, bytes: bytes.subarray(at) },
  ];
}

function isBlank({ ended, bytes }: ByteLine): boolean {
  return ended && bytes !== undefined && bytes.every((byte) => BLANKS.has(byte));
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** Tab, CR, space. */
const BLANKS = new Set([0x09, 0x0d, 0x20]);

/** A bad line that may be a torn end. */
interface Suspect {
  readonly number: number;
  readonly offset: number;
  readonly problem: string;
  readonly hasNul: boolean;
}

type BadLine = Extract<CheckedLine, { ok: false }>;

/**
 * A torn end is one bad line, or everything after NUL bytes, because a power cut may keep the
 * length of what was being written but lose some of its pages. Two bad lines are damage. So is a
 * bad line of valid JSON, because a program must have written it.
 */
function suspected(
  suspect: Suspect | undefined,
  line: ByteLine,
  bad: BadLine,
  path: string,
): Suspect {
  if (suspect?.hasNul) return suspect;
  if (suspect) throw damaged(path, suspect, suspect.problem);
  if (bad.isWhole) throw damaged(path, line, bad.problem);
  const hasNul = line.bytes?.includes(0) ?? true;
  return { number: line.number, offset: line.offset, problem: bad.problem, hasNul };
}

/** Whether the file starts like a results file, so that `--overwrite` may discard it. */
export async function mayBeResults(file: ReadableFile): Promise<boolean> {
  const bytes = new Uint8Array(BEGINNING_BYTES);
  const count = await file.read(bytes, 0);
  return beginsLikeResults(bytes.subarray(0, count));
}
