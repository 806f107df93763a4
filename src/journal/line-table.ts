import { crc32 } from 'node:zlib';
import type { MatrixCombination } from '../manifest/manifest.ts';
import type { JsonValue } from '../ports/json.ts';
import type { ResultRecord } from '../results/record.ts';
import type { SealCheck } from '../results/seal.ts';
import { column, type Column } from './chunked-array.ts';
import { hasKey, KeyChains, keyOf, setKey } from './key-chains.ts';
import type { LinePlace } from './read-lines.ts';

/** How this run uses a line. */
export const USE = {
  /** No task has claimed the line yet. */
  free: 0,
  /** The plan has a task with the line's id and fingerprint; no other task may take the line. */
  reserved: 1,
  /** The line's task did not succeed and runs again. */
  spent: 2,
  /** The line is in the companion, and its record is in the results file too. */
  copied: 3,
  /** The line is the result of a task of this run, from an earlier run. */
  kept: 4,
  /** This run wrote the line. */
  written: 5,
} as const;

export type Use = (typeof USE)[keyof typeof USE];

/** Other facts about a line, one bit for each. */
export const MARK = {
  /** The record must be written again, with the current label of its task or with a seal. */
  changed: 1,
  /**
   * The line is not the current record of a task: it is in the companion, or release 0.1.0 kept it
   * under a marked id.
   */
  aside: 2,
  /** The line is an answer without a seal. */
  unsealed: 4,
  /** The line is an answer that was sealed with another key, or that was changed after sealing. */
  foreign: 8,
  /** The record is also in the companion. */
  inCompanion: 16,
  /** The line is an answer that did not meet expectations. */
  unexpected: 32,
} as const;

type Mark = (typeof MARK)[keyof typeof MARK];

/** The status column holds indexes into this list. */
export const STATUSES = ['succeeded', 'failed', 'canceled', 'skipped'] as const;

/** What the manifest says about a task: its id, position, row and matrix combination. */
export interface Label {
  readonly id: string;
  readonly task: string;
  readonly index: number;
  readonly key?: JsonValue;
  readonly matrix?: MatrixCombination;
}

/**
 * What a run remembers about each record that it found or wrote: about 70 bytes until matching
 * ends. The records themselves stay on disk. Lines are numbered from 0, first those of the
 * companion, then those of the results file.
 */
export interface LineTable {
  count: number;
  /** How many lines are in the companion. */
  companionCount: number;
  readonly columns: ReturnType<typeof makeColumns>;
  /** Undefined once matching has ended. */
  finders: Finders | undefined;
  /** New labels, by line. */
  readonly labels: Map<number, Label>;
  /** Why the answer in a line now counts as unexpected, by line; undefined if it is as expected. */
  readonly verdicts: Map<number, string | undefined>;
}

/** The indexes that find a task's lines. */
export interface Finders {
  /** The key of each line's fingerprint: all 0 if the record has none. */
  readonly fingerprintKey: Column;
  /** All lines, by id. */
  readonly byId: KeyChains;
  /** Successful lines, by fingerprint. */
  readonly succeeded: KeyChains;
  /** Other lines with a fingerprint, by fingerprint. */
  readonly unsuccessful: KeyChains;
}

export function newLineTable(): LineTable {
  const columns = makeColumns();
  return {
    count: 0,
    companionCount: 0,
    columns,
    finders: makeFinders(columns.idKey),
    labels: new Map(),
    verdicts: new Map(),
  };
}

function makeColumns() {
  return {
    /** The offset in bytes within the line's file. */
    offset: column(Float64Array),
    /** The length in bytes, including the line break. */
    length: column(Uint32Array),
    /** The index of the line's task in this run plus 1; 0 if the plan has no task with its id. */
    place: column(Uint32Array),
    /** A checksum of the label, which shows whether it still matches the manifest. */
    label: column(Uint32Array),
    status: column(Uint8Array),
    use: column(Uint8Array),
    marks: column(Uint8Array),
    idKey: column(Uint32Array),
  };
}

function makeFinders(idKey: Column): Finders {
  const fingerprintKey = column(Uint32Array);
  // Both fingerprint indexes share this column, because each line is in only one of them.
  const olderLike = column(Int32Array);
  return {
    fingerprintKey,
    byId: new KeyChains({ keys: idKey, older: column(Int32Array) }),
    succeeded: new KeyChains({ keys: fingerprintKey, older: olderLike }),
    unsuccessful: new KeyChains({ keys: fingerprintKey, older: olderLike }),
  };
}

/** Adds a line of an earlier run, found by its id and, unless `onlyIds`, by its fingerprint. */
export function addFound(
  table: LineTable,
  record: ResultRecord,
  {
    isAside,
    seal,
    onlyIds,
    ...place
  }: LinePlace & {
    readonly isAside: boolean;
    readonly seal: SealCheck;
    readonly onlyIds: boolean;
  },
): number {
  const line = addLine(table, record, place);
  const { columns } = table;
  const finders = findersOf(table);
  if (isAside) mark(table, line, MARK.aside);
  if (record.expected === false) mark(table, line, MARK.unexpected);
  if (seal !== 'ours') mark(table, line, MARK[seal]);
  if (!onlyIds) columns.label.set(line, labelCode(record));
  setKey(columns.idKey, line, keyOf(record.id));
  finders.byId.add(line);
  if (onlyIds || record.fingerprint === null) return line;
  setKey(finders.fingerprintKey, line, keyOf(record.fingerprint));
  (record.status === 'succeeded' ? finders.succeeded : finders.unsuccessful).add(line);
  return line;
}

/** Adds a line that this run wrote. */
export function addWritten(table: LineTable, record: ResultRecord, place: LinePlace): void {
  const line = addLine(table, record, place);
  table.columns.use.set(line, USE.written);
  table.columns.place.set(line, record.index + 1);
}

function addLine(table: LineTable, record: ResultRecord, place: LinePlace): number {
  const line = table.count++;
  table.columns.offset.set(line, place.offset);
  table.columns.length.set(line, place.length);
  table.columns.status.set(line, STATUSES.indexOf(record.status));
  return line;
}

export function findersOf({ finders }: LineTable): Finders {
  if (!finders) throw new Error('all tasks were matched');
  return finders;
}

export function statusOf(table: LineTable, line: number): (typeof STATUSES)[number] {
  const status = STATUSES[table.columns.status.at(line)];
  if (status === undefined) throw new Error(`line ${line} has no status`);
  return status;
}

export function useOf(table: LineTable, line: number): number {
  return table.columns.use.at(line);
}

export function isMarked({ columns: { marks } }: LineTable, line: number, as: Mark): boolean {
  return (marks.at(line) & as) !== 0;
}

export function mark({ columns: { marks } }: LineTable, line: number, as: Mark): void {
  marks.set(line, marks.at(line) | as);
}

/** Whether a line of the results file can stay the same, byte for byte. */
export function isAsItIs(table: LineTable, line: number): boolean {
  const { changed, aside } = MARK;
  return !isMarked(table, line, changed) && !isMarked(table, line, aside);
}

/** Makes sure that a kept line will have this caller's seal. */
export function sealAnew(table: LineTable, line: number): void {
  if (sealOf(table, line) !== 'ours') mark(table, line, MARK.changed);
}

/** Assigns a line to a task, and the task's label to the line. */
export function giveTo(table: LineTable, line: number, { label, use }: Given): void {
  const { columns } = table;
  columns.use.set(line, use);
  columns.place.set(line, label.index + 1);
  if (hasKey(columns.idKey, line, keyOf(label.id)) && columns.label.at(line) === labelCode(label)) {
    return;
  }
  const { id, task, index, key, matrix } = label;
  const origin = { ...(key !== undefined && { key }), ...(matrix && { matrix }) };
  table.labels.set(line, { id, task, index, ...origin });
  mark(table, line, MARK.changed);
}

interface Given {
  readonly label: Label;
  readonly use: Use;
}

/**
 * A checksum of a label without its id. Two different labels have the same one only once in four
 * billion times.
 */
function labelCode({ task, index, key, matrix }: Label): number {
  return crc32(JSON.stringify([task, index, key, matrix]));
}

/** Whether an answer was sealed with this caller's key. */
export function sealOf(table: LineTable, line: number): SealCheck {
  if (isMarked(table, line, MARK.unsealed)) return 'unsealed';
  return isMarked(table, line, MARK.foreign) ? 'foreign' : 'ours';
}
