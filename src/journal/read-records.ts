import type { Disk } from '../ports/disk.ts';
import type { ResultRecord } from '../results/record.ts';
import type { SealCheck } from '../results/seal.ts';
import { column } from './chunked-array.ts';
import { keyOf, NONE } from './key-chains.ts';
import { findersOf, isMarked, MARK, sealOf, type LineTable } from './line-table.ts';
import { cannotRead, worded } from './file-errors.ts';
import { readLinesAt } from './read-lines-at.ts';
import { readRecord, recordIn, type JournalFiles } from './read-record.ts';
import { readResults, type CheckSeal } from './read-results.ts';

/**
 * A results file opened only for reading: the newest record of each task, in manifest order. Does
 * not lock, repair or write anything. Memory does not depend on the size of the records.
 */
export interface RecordsFile {
  /** The name as the user wrote it. */
  readonly name: string;
  readonly count: number;
  /**
   * How many records are left out: those that a later record of the same task replaces, and answers
   * of removed tasks.
   */
  readonly leftOut: number;
  /** How many answers were not sealed with the caller's key. */
  readonly elsewhere: Readonly<Record<'unsealed' | 'foreign', number>>;
  /**
   * Each call reads from the start, in batches, because awaiting each record would take longer than
   * reading it.
   */
  records(): AsyncGenerator<readonly SealedRecord[]>;
  has(id: string): boolean;
  find(id: string): Promise<ResultRecord | undefined>;
  close(): Promise<void>;
}

export interface SealedRecord {
  readonly record: ResultRecord;
  readonly seal: SealCheck;
}

export interface ReadRecordsOptions {
  /** Called for each record, in file order, including those left out. */
  readonly onRecord?: ((record: ResultRecord) => void) | undefined;
  /** Default: every answer counts as sealed by the caller. */
  readonly checkSeal?: CheckSeal | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Indexes a results file in one pass. Throws a `VolleyError` (exit 2). */
export async function openRecords(
  disk: Disk,
  name: string,
  options: ReadRecordsOptions = {},
): Promise<RecordsFile> {
  try {
    return await open(disk, name, options);
  } catch (error) {
    throw worded(error, (cause) => cannotRead(name, cause));
  }
}

/** The path of a results file with symlinks resolved. Throws a `VolleyError` (exit 2). */
export async function realResults(disk: Disk, name: string): Promise<string> {
  const real = await disk.resolve(name);
  const found = await disk.stat(real);
  if (!found) throw cannotRead(name, 'it does not exist');
  if (found.kind !== 'file') throw cannotRead(name, 'it is not a regular file');
  return real;
}

async function open(
  disk: Disk,
  name: string,
  { checkSeal, signal, onRecord }: ReadRecordsOptions,
): Promise<RecordsFile> {
  const file = await disk.openToRead(await realResults(disk, name));
  try {
    const indexes = column(Uint32Array);
    let read = 0;
    const { table } = await readResults({ file, name }, undefined, {
      checkSeal,
      signal,
      onlyIds: true,
      onRecord(record) {
        indexes.set(read++, record.index);
        onRecord?.(record);
      },
    });
    const files: JournalFiles = { results: file, companion: undefined };
    const lines = newestLines(table, (line) => indexes.at(line));
    const elsewhere = { unsealed: 0, foreign: 0 };
    for (const line of lines) {
      const seal = sealOf(table, line);
      if (seal !== 'ours') elsewhere[seal] += 1;
    }
    return {
      name,
      count: lines.length,
      leftOut: table.count - lines.length,
      elsewhere,
      async *records() {
        for await (const batch of readLinesAt({ files, table, signal }, lines)) {
          yield batch.map(({ line, bytes }) => ({
            record: recordIn(table, line, bytes),
            seal: sealOf(table, line),
          }));
        }
      },
      has: (id) => lineOf(table, id) !== NONE,
      async find(id) {
        const line = lineOf(table, id);
        return line === NONE ? undefined : readRecord(files, table, line);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * The newest line of each task, in manifest order. A killed run leaves its records in the order in
 * which its tasks ended, after older records of the same tasks.
 */
function newestLines(table: LineTable, indexOf: (line: number) => number): readonly number[] {
  const { byId } = findersOf(table);
  const lines: number[] = [];
  let isInOrder = true;
  for (let line = 0; line < table.count; line++) {
    if (own(table, byId.newestLike(line)) !== line) continue;
    isInOrder &&= indexOf(lines.at(-1) ?? line) <= indexOf(line);
    lines.push(line);
  }
  return isInOrder ? lines : lines.sort((one, other) => indexOf(one) - indexOf(other));
}

function lineOf(table: LineTable, id: string): number {
  return own(table, findersOf(table).byId.newest(keyOf(id)));
}

/**
 * This line or, if it is aside, the next older one with the same id that is not; `NONE` if there is
 * none.
 */
function own(table: LineTable, line: number): number {
  let at = line;
  while (at !== NONE && isMarked(table, at, MARK.aside)) at = findersOf(table).byId.older(at);
  return at;
}
