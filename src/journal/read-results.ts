import type { ReadableFile } from '../ports/disk.ts';
import { addLine, newLineTable, USE, type LineTable } from './line-table.ts';
import { readLines, type Line } from './lines.ts';
import { damaged } from './problems.ts';
import { beginsLikeResults, BEGINNING_BYTES } from '../results/begins-like-results.ts';
import { notResults } from '../results/not-results.ts';
import { isCurrentFingerprint } from '../plan/fingerprint.ts';
import { spentUsd, type ResultRecord } from '../results/record.ts';
import type { SealCheck } from '../results/seal.ts';
import { checkLine, type CheckedLine } from './record-line.ts';

export type CheckSeal = (record: ResultRecord) => SealCheck;

/** What an existing results file holds. */
export interface ReadResults {
  readonly table: LineTable;
  readonly found: FoundRecords;
  readonly tail: Tail;
  /** Bytes, once the tail is mended: where the next line goes. */
  readonly end: number;
}

export interface FoundRecords {
  /**
   * Of all records, superseded ones too, US dollars: their costs, and what attempts that are possibly paid can have cost.
   * Those of which it is unknown count 0.
   */
  readonly spentUsd: number;
  /** Whether it holds a record whose fingerprint this release would make otherwise. */
  readonly isOfEarlierRelease: boolean;
  /** Whether it holds an answer that was not sealed under the caller's key. */
  readonly isFromElsewhere: boolean;
}

/**
 * How the file ends:
 * `whole`: with a record. `unended`: with a record that only lacks its `\n`.
 * `torn`: with something else from `offset` on, as a crash or a power cut leaves it; `isUnended`: behind
 * a record that lacks its `\n`.
 */
export type Tail =
  | { readonly kind: 'whole' }
  | { readonly kind: 'unended' }
  | { readonly kind: 'torn'; readonly offset: number; readonly isUnended: boolean };

/**
 * Reads a results file as a stream. Throws a `VolleyError` (exit 2) for damage that no crash explains,
 * and the signal's reason when that ends the reading.
 */
export async function readResults(
  file: ReadableFile,
  path: string,
  options: {
    readonly onRecord?: ((record: ResultRecord) => void) | undefined;
    /** Default: every answer counts as sealed. */
    readonly checkSeal?: CheckSeal | undefined;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<ReadResults> {
  const table = newLineTable();
  let tail: Tail = { kind: 'whole' };
  let spent = 0;
  let isOfEarlierRelease = false;
  let isFromElsewhere = false;
  let suspect: Suspect | undefined;
  let end = 0;
  for await (const lines of readLines(file)) {
    options.signal?.throwIfAborted();
    for (const found of lines) {
      // Behind zeros nothing is taken for a record.
      for (const line of suspect ? [found] : piecesOf(withoutMark(found))) {
        // An editor may have left them; after a bad line they are no torn end.
        if (!suspect && isBlank(line)) {
          end = line.offset + line.length;
          continue;
        }
        const checked = check(line);
        if (!checked.ok) {
          if (suspect && !suspect.hasNul && (await isForeign(file, table))) throw notResults(path);
          suspect = suspected(suspect, line, checked, path);
          continue;
        }
        // A good line after a bad one: the bad one was no torn end.
        if (suspect) throw damaged(path, suspect, suspect.problem);
        const { record } = checked;
        const place = { offset: line.offset, length: line.length + (line.ended ? 0 : 1) };
        const seal = record.status === 'succeeded' ? options.checkSeal?.(record) : undefined;
        isFromElsewhere ||= seal !== undefined && seal !== 'ours';
        addLine(table, record, place, { use: USE.free, ...(seal && { seal }) });
        end = place.offset + place.length;
        spent += spentUsd(record);
        isOfEarlierRelease ||=
          record.fingerprint !== null && !isCurrentFingerprint(record.fingerprint);
        options.onRecord?.(record);
        if (!line.ended) tail = { kind: 'unended' };
      }
    }
  }
  if (suspect) {
    if (await isForeign(file, table)) throw notResults(path);
    const isUnended = tail.kind === 'unended';
    tail = { kind: 'torn', offset: suspect.offset, isUnended };
    end = suspect.offset + (isUnended ? 1 : 0);
  }
  return { table, found: { spentUsd: spent, isOfEarlierRelease, isFromElsewhere }, tail, end };
}

/** A line without the byte order mark that some editors put at the start of a file. */
function withoutMark(line: Line): Line {
  const { bytes, offset, length } = line;
  if (offset > 0 || !bytes || !MARK.every((byte, at) => bytes[at] === byte)) return line;
  const skipped = MARK.length;
  return {
    ...line,
    offset: offset + skipped,
    length: length - skipped,
    bytes: bytes.subarray(skipped),
  };
}

/** A power cut may leave zeros in the place of a record's line break, and of what came next: they are no part of it. */
function piecesOf(line: Line): readonly Line[] {
  const { bytes, offset, length } = line;
  const at = bytes?.indexOf(0) ?? -1;
  if (!bytes || at <= 0 || !checkLine(bytes.subarray(0, at)).ok) return [line];
  return [
    { ...line, length: at, bytes: bytes.subarray(0, at), ended: false },
    { ...line, offset: offset + at, length: length - at, bytes: bytes.subarray(at) },
  ];
}

function isBlank({ ended, bytes }: Line): boolean {
  return ended && bytes !== undefined && bytes.every((byte) => BLANKS.has(byte));
}

const MARK = [0xef, 0xbb, 0xbf];
/** Tab, CR, space. */
const BLANKS = new Set([0x09, 0x0d, 0x20]);

/** A bad line that may turn out to be the torn end. */
interface Suspect {
  readonly number: number;
  readonly offset: number;
  readonly problem: string;
  readonly hasNul: boolean;
}

type BadLine = Extract<CheckedLine, { ok: false }>;

/**
 * One bad line can be the torn end, and everything after NUL bytes: a power cut keeps the length
 * of what was being written but not all of its pages. Two bad lines are damage, and so is a line
 * that a program wrote whole.
 */
function suspected(suspect: Suspect | undefined, line: Line, bad: BadLine, path: string): Suspect {
  if (suspect?.hasNul) return suspect;
  if (suspect) throw damaged(path, suspect, suspect.problem);
  if (bad.isWhole) throw damaged(path, line, bad.problem);
  const hasNul = line.bytes?.includes(0) ?? true;
  return { number: line.number, offset: line.offset, problem: bad.problem, hasNul };
}

function check(line: Line): CheckedLine {
  if (line.bytes) return checkLine(line.bytes);
  return { ok: false, problem: 'is longer than any record', isWhole: false };
}

/** Whether a file, so far without a single whole record, does not even begin like one. */
async function isForeign(file: ReadableFile, table: LineTable): Promise<boolean> {
  return table.count === 0 && !(await mayBeResults(file));
}

/** Whether `--overwrite` may discard the file. */
export async function mayBeResults(file: ReadableFile): Promise<boolean> {
  const bytes = new Uint8Array(BEGINNING_BYTES);
  const count = await file.read(bytes, 0);
  return beginsLikeResults(bytes.subarray(0, count));
}
