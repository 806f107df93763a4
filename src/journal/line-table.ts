import type { MatrixCombination } from '../manifest/manifest.ts';
import type { JsonValue } from '../ports/json.ts';
import type { ResultRecord } from '../results/record.ts';
import type { SealCheck } from '../results/seal.ts';
import { column, type Column } from './column.ts';
import { hasKey, KeyChains, setKey } from './key-chains.ts';
import { idOfFormer } from './displaced-id.ts';
import { keyOf } from './keys.ts';

/** What a line is to this run. */
export const USE = {
  /** Nobody asked for it yet. */
  free: 0,
  /** A task of its own id and fingerprint is in the plan: nobody else may have it. */
  reserved: 1,
  /** The record of a task that did not succeed and is run again. */
  spent: 2,
  /** The record of a task of this run, made by an earlier one. */
  kept: 3,
  /** Made by this run. */
  written: 4,
} as const;

export type Use = (typeof USE)[keyof typeof USE];

/** What else there is to say of a line, a bit each. */
export const MARK = {
  /** Its id is in the plan. */
  planned: 1,
  /** A task that this run leaves to a later one may want it. */
  wanted: 2,
  /** The line on disk says otherwise than its id and index here. */
  relabelled: 4,
  /** Its record has a fingerprint. */
  fingerprinted: 8,
  /** Its id is that of a task with a mark behind it: an answer which that task had before it failed. */
  former: 16,
  /** An answer without a seal. */
  unsealed: 32,
  /** An answer whose seal was not made under this caller's key, or that was changed since. */
  foreign: 64,
} as const;

type Mark = (typeof MARK)[keyof typeof MARK];

/** Positions are what a line's status column holds. */
export const STATUSES = ['succeeded', 'failed', 'canceled', 'skipped'] as const;

/** How a manifest names and numbers a task. */
export interface Label {
  readonly id: string;
  readonly task: string;
  readonly index: number;
  /** Of its row and combination, as its record has them. */
  readonly key?: JsonValue;
  readonly matrix?: MatrixCombination;
}

/**
 * What a run remembers of each line of its results file: some 30 bytes, and 40 more while there are
 * tasks to decide; the texts stay on disk. Lines are numbered from 0 in the order of the file.
 */
export interface LineTable {
  count: number;
  /** Bytes: where the last line ends. */
  end: number;
  readonly columns: ReturnType<typeof makeColumns>;
  /** Undefined once no task is left to decide. */
  finders: Finders | undefined;
  /** Lines whose task has another id now. */
  readonly renamed: Map<number, Omit<Label, 'index'>>;
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
  return { count: 0, end: 0, columns, finders: makeFinders(columns.idKey), renamed: new Map() };
}

function makeColumns() {
  return {
    /** Bytes. A line reaches to the next one: blank lines between them belong to it. */
    offset: column(Float64Array),
    /** Of its task, as this run counts. */
    index: column(Uint32Array),
    status: column(Uint8Array),
    use: column(Uint8Array),
    marks: column(Uint8Array),
    /** Of a former answer, that of the task which had it. */
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

/** Adds the line that follows all others. `seal`: of an answer that was read. */
export function addLine(
  table: LineTable,
  record: ResultRecord,
  place: { readonly offset: number; readonly length: number },
  { use, seal = 'ours' }: { readonly use: Use; readonly seal?: SealCheck },
): void {
  const line = table.count++;
  const { columns, finders } = table;
  table.end = place.offset + place.length;
  columns.offset.set(line, place.offset);
  // No task of a plan has the highest number: what does not fit is never taken for one's own.
  columns.index.set(line, Math.min(record.index, HIGHEST));
  columns.status.set(line, STATUSES.indexOf(record.status));
  columns.use.set(line, use);
  if (seal !== 'ours') mark(table, line, MARK[seal]);
  const task = record.status === 'succeeded' ? idOfFormer(record.id) : undefined;
  if (task !== undefined) mark(table, line, MARK.former);
  setKey(columns.idKey, line, keyOf(task ?? record.id));
  finders?.byId.add(line);
  if (record.fingerprint === null) return;
  mark(table, line, MARK.fingerprinted);
  if (!finders) return;
  setKey(finders.fingerprintKey, line, keyOf(record.fingerprint));
  (record.status === 'succeeded' ? finders.succeeded : finders.unsuccessful).add(line);
}

const HIGHEST = 2 ** 32 - 1;

/** Throws once they are forgotten. */
export function findersOf({ finders }: LineTable): Finders {
  if (!finders) throw new Error('all tasks were decided');
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

/** Bytes: where a line begins; of the line after the last one, where the file ends. */
export function offsetOf({ columns: { offset }, count, end }: LineTable, line: number): number {
  return line < count ? offset.at(line) : end;
}

/** Makes a line the record of a task, whatever its text says. */
export function relabel(
  table: LineTable,
  line: number,
  { id, task, index, key, matrix }: Label,
): void {
  const { columns } = table;
  const isRenamed = isMarked(table, line, MARK.former) || !hasKey(columns.idKey, line, keyOf(id));
  if (isRenamed) {
    const origin = { ...(key !== undefined && { key }), ...(matrix && { matrix }) };
    table.renamed.set(line, { id, task, ...origin });
  }
  if (isRenamed || columns.index.at(line) !== index) mark(table, line, MARK.relabelled);
  columns.index.set(line, index);
}

/** Whether a line is an answer that this caller's key vouches for. */
export function sealOf(table: LineTable, line: number): SealCheck {
  if (isMarked(table, line, MARK.unsealed)) return 'unsealed';
  return isMarked(table, line, MARK.foreign) ? 'foreign' : 'ours';
}

/** Makes a line be written with a seal of this caller. */
export function sealAnew(table: LineTable, line: number): void {
  if (sealOf(table, line) !== 'ours') mark(table, line, MARK.relabelled);
}

/** What is to stand in a line's record instead of what does. */
export function labelOf(table: LineTable, line: number): Partial<Label> {
  if (!isMarked(table, line, MARK.relabelled)) return {};
  return { ...table.renamed.get(line), index: table.columns.index.at(line) };
}
