import type { DiskFile } from '../ports/disk.ts';
import { addLine, newLineTable, USE, type LineTable } from './line-table.ts';
import { readLines, type Line } from './lines.ts';
import { damaged } from './problems.ts';
import { beginsLikeResults, BEGINNING_BYTES } from '../results/begins-like-results.ts';
import { notResults } from '../results/not-results.ts';
import { spentUsd, type ResultRecord } from '../results/record.ts';
import { checkLine, type CheckedLine } from './record-line.ts';

/** What an existing results file holds. */
export interface ReadResults {
  readonly table: LineTable;
  readonly found: FoundRecords;
  readonly tail: Tail;
}

export interface FoundRecords {
  /** Whole records, superseded ones too. */
  readonly records: number;
  readonly succeeded: number;
  /**
   * Of all records, US dollars: their costs, and what attempts that are possibly paid can have cost.
   * Those of which it is unknown count 0.
   */
  readonly spentUsd: number;
}

/**
 * How the file ends:
 * `whole`: with a record. `unended`: with a record that only lacks its `\n`.
 * `torn`: with something else from `offset` on, as a crash or a power cut leaves it.
 */
export type Tail =
  | { readonly kind: 'whole' }
  | { readonly kind: 'unended' }
  | { readonly kind: 'torn'; readonly offset: number };

/**
 * Reads a results file as a stream. Throws a `VolleyError` (exit 2) for damage that no crash explains,
 * and the signal's reason when that ends the reading.
 */
export async function readResults(
  file: DiskFile,
  path: string,
  options: {
    readonly onRecord?: ((record: ResultRecord) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<ReadResults> {
  const table = newLineTable();
  let tail: Tail = { kind: 'whole' };
  let [succeeded, spent] = [0, 0];
  let suspect: Suspect | undefined;
  for await (const lines of readLines(file)) {
    options.signal?.throwIfAborted();
    for (const line of lines) {
      const checked = check(line);
      if (!checked.ok) {
        if (suspect && !suspect.hasNul && (await isForeign(file, table))) throw notResults(path);
        suspect = suspected(suspect, line, checked, path);
        continue;
      }
      // A good line after a bad one: the bad one was no torn end.
      if (suspect) throw damaged(path, suspect, suspect.problem);
      const { record } = checked;
      addLine(
        table,
        record,
        { offset: line.offset, length: line.length + (line.ended ? 0 : 1) },
        USE.free,
      );
      if (record.status === 'succeeded') succeeded += 1;
      spent += spentUsd(record);
      options.onRecord?.(record);
      if (!line.ended) tail = { kind: 'unended' };
    }
  }
  if (suspect) {
    if (await isForeign(file, table)) throw notResults(path);
    tail = { kind: 'torn', offset: suspect.offset };
  }
  return { table, found: { records: table.count, succeeded, spentUsd: spent }, tail };
}

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
async function isForeign(file: DiskFile, table: LineTable): Promise<boolean> {
  return table.count === 0 && !(await mayBeResults(file));
}

/** Whether `--overwrite` may discard the file. */
export async function mayBeResults(file: DiskFile): Promise<boolean> {
  const bytes = new Uint8Array(BEGINNING_BYTES);
  const count = await file.read(bytes, 0);
  return beginsLikeResults(bytes.subarray(0, count));
}
