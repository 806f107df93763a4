import { crc32 } from 'node:zlib';
import type { MatrixCombination } from '../manifest/manifest.ts';
import type { JsonValue } from '../ports/json.ts';
import type { ResultRecord } from '../results/record.ts';
import type { SealCheck } from '../results/seal.ts';
import { column, type Column } from './chunked-array.ts';
import { hasKey, KeyChains, setKey } from './key-chains.ts';
import { keyOf } from './keys.ts';

/** What a line is to this run. */
export const USE = {
  /** Nobody asked for it yet. */
  free: 0,
  /** A task of its own id and fingerprint is in the plan: nobody else may have it. */
  reserved: 1,
  /** The record of a task that did not succeed and is run again. */
  spent: 2,
  /** A line of the companion whose record is in the results file as well. */
  copied: 3,
  /** The record of a task of this run, made by an earlier one. */
  kept: 4,
  /** Made by this run. */
  written: 5,
} as const;

export type Use = (typeof USE)[keyof typeof USE];

/** What else is known of a line, one bit each. */
export const MARK = {
  /** Its record has to be written again: with today's label, or with a seal. */
  changed: 1,
  /** It is not a task's record: it is in the companion, or 0.1.0 kept it under an id with a mark. */
  aside: 2,
  /** An answer without a seal. */
  unsealed: 4,
  /** An answer whose seal was not made under this caller's key, or that was changed since. */
  foreign: 8,
  /** Its record is in the companion already. */
  inCompanion: 16,
  /** An answer that was not as expected. */
  unexpected: 32,
} as const;

type Mark = (typeof MARK)[keyof typeof MARK];

/** Positions are what a line's status column holds. */
export const STATUSES = ['succeeded', 'failed', 'canceled', 'skipped'] as const;

/** What the manifest says of a task: its name, its place, its row and its combination. */
export interface Label {
  readonly id: string;
  readonly task: string;
  readonly index: number;
  readonly key?: JsonValue;
  readonly matrix?: MatrixCombination;
}

/**
 * What a run remembers of each record that it found or wrote, some 70 bytes while there are tasks to match; the
 * texts stay on disk. Lines are numbered from 0: those of the companion, then those of the results file.
 */
export interface LineTable {
  count: number;
  /** How many of the lines are the companion's. */
  companionCount: number;
  readonly columns: ReturnType<typeof makeColumns>;
  /** Undefined once no task is left to match. */
  finders: Finders | undefined;
  /** Lines whose record has to be updated. */
  readonly labels: Map<number, Label>;
  /** Lines whose answer is judged differently now: why it is unexpected. */
  readonly verdicts: Map<number, string | undefined>;
}

/** What tasks find their lines by. */
export interface Finders {
  /** All 0 where the record has none. */
  readonly fingerprintKey: Column;
  /** All lines, by id. */
  readonly byId: KeyChains;
  /** Lines that succeeded, by fingerprint. */
  readonly succeeded: KeyChains;
  /** All other lines that have a fingerprint, by it. */
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
    /** Bytes, in the file that the line is in. */
    offset: column(Float64Array),
    /** Bytes, the line break included. */
    length: column(Uint32Array),
    /** The index of its task in this run, plus 1; 0 where its id is not in the plan. */
    place: column(Uint32Array),
    /** Tells whether the record says what the manifest says of its task. */
    label: column(Uint32Array),
    status: column(Uint8Array),
    use: column(Uint8Array),
    marks: column(Uint8Array),
    idKey: column(Uint32Array),
  };
}

function makeFinders(idKey: Column): Finders {
  const fingerprintKey = column(Uint32Array);
  // Shared by the two tables of fingerprints: a line is in one of them only.
  const olderLike = column(Int32Array);
  return {
    fingerprintKey,
    byId: new KeyChains({ keys: idKey, older: column(Int32Array) }),
    succeeded: new KeyChains({ keys: fingerprintKey, older: olderLike }),
    unsuccessful: new KeyChains({ keys: fingerprintKey, older: olderLike }),
  };
}

/** Where a line is in its file, in bytes. */
export interface LinePlace {
  readonly offset: number;
  /** Its line break included. */
  readonly length: number;
}

/** Adds a line that was found. Tasks find it by its record's id and, unless `onlyIds`, fingerprint. */
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
  const { columns, finders } = table;
  if (isAside) mark(table, line, MARK.aside);
  if (record.expected === false) mark(table, line, MARK.unexpected);
  if (seal !== 'ours') mark(table, line, MARK[seal]);
  if (!onlyIds) columns.label.set(line, labelCode(record));
  setKey(columns.idKey, line, keyOf(record.id));
  if (!finders) throw new Error('all tasks were matched');
  finders.byId.add(line);
  if (onlyIds || record.fingerprint === null) return line;
  setKey(finders.fingerprintKey, line, keyOf(record.fingerprint));
  (record.status === 'succeeded' ? finders.succeeded : finders.unsuccessful).add(line);
  return line;
}

/** Adds a line that this run wrote: the record of the task in that place. */
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

/** Throws once they are forgotten. */
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

/** Whether a line of the results file can stay as it is, to the byte. */
export function isAsItIs(table: LineTable, line: number): boolean {
  const { changed, aside } = MARK;
  return !isMarked(table, line, changed) && !isMarked(table, line, aside);
}

/** Makes a line that is kept be written with a seal of this caller. */
export function sealAnew(table: LineTable, line: number): void {
  if (sealOf(table, line) !== 'ours') mark(table, line, MARK.changed);
}

/** Gives a line to a task, whatever its record says. */
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

/** Of all that a label says but the id: two that differ have the same once in four billion times. */
function labelCode({ task, index, key, matrix }: Label): number {
  return crc32(JSON.stringify([task, index, key, matrix]));
}

/** Whether this caller's key vouches for the answer in a line. */
export function sealOf(table: LineTable, line: number): SealCheck {
  if (isMarked(table, line, MARK.unsealed)) return 'unsealed';
  return isMarked(table, line, MARK.foreign) ? 'foreign' : 'ours';
}
