import { spentUsd, type ResultRecord } from '../results/record.ts';
import { Column } from './column.ts';
import { KEY_WORDS, KeyChains } from './key-chains.ts';
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

/** Positions are what a line's status column holds. */
export const STATUSES = ['succeeded', 'failed', 'canceled', 'skipped'] as const;

/** How a manifest names and numbers a task. */
export interface Label {
  readonly id: string;
  readonly task: string;
  readonly index: number;
}

/**
 * What a run remembers of each line of its results file: some 80 bytes, the texts stay on disk.
 * Lines are numbered from 0 in the order of the file.
 */
export interface LineTable {
  count: number;
  readonly columns: ReturnType<typeof makeColumns>;
  /** All lines, by id. */
  readonly byId: KeyChains;
  /** Lines that succeeded, by fingerprint. */
  readonly succeeded: KeyChains;
  /** All other lines that have a fingerprint, by it. */
  readonly unsuccessful: KeyChains;
  /** Lines whose task has another id now. */
  readonly renamed: Map<number, Pick<Label, 'id' | 'task'>>;
}

export function newLineTable(): LineTable {
  const columns = makeColumns();
  const { idKey, fingerprintKey } = columns;
  return {
    count: 0,
    columns,
    byId: new KeyChains({ keys: idKey, older: new Column((length) => new Int32Array(length)) }),
    succeeded: new KeyChains({ keys: fingerprintKey, older: columns.olderLike }),
    unsuccessful: new KeyChains({ keys: fingerprintKey, older: columns.olderLike }),
    renamed: new Map(),
  };
}

function makeColumns() {
  return {
    offset: new Column((length) => new Float64Array(length)),
    /** Bytes, with the `\n`. */
    length: new Column((length) => new Uint32Array(length)),
    /** Of its task, as this run counts. */
    index: new Column((length) => new Float64Array(length)),
    /** 1 when the line on disk says otherwise than its id and index here. */
    relabelled: new Column((length) => new Uint8Array(length)),
    status: new Column((length) => new Uint8Array(length)),
    /** US dollars: see `spentUsd`. */
    spentUsd: new Column((length) => new Float64Array(length)),
    use: new Column((length) => new Uint8Array(length)),
    /** 1 when its id is in the plan. */
    planned: new Column((length) => new Uint8Array(length)),
    /** 1 when a task that this run leaves to a later one may want it. */
    wanted: new Column((length) => new Uint8Array(length)),
    idKey: new Column((length) => new Uint32Array(length)),
    /** All 0 where the record has none. */
    fingerprintKey: new Column((length) => new Uint32Array(length)),
    /** Shared by the two tables of fingerprints: a line is in one of them only. */
    olderLike: new Column((length) => new Int32Array(length)),
  };
}

/** Adds the line that follows all others. */
export function addLine(
  table: LineTable,
  record: ResultRecord,
  place: { readonly offset: number; readonly length: number },
  use: Use,
): void {
  const line = table.count++;
  const { columns } = table;
  const { offset, length, index, relabelled, status, use: uses, planned, wanted } = columns;
  const bytes = [relabelled, status, uses, planned, wanted];
  for (const each of [offset, length, index, columns.spentUsd, ...bytes]) each.reserve(line + 1);
  offset.values[line] = place.offset;
  length.values[line] = place.length;
  index.values[line] = record.index;
  status.values[line] = STATUSES.indexOf(record.status);
  columns.spentUsd.values[line] = spentUsd(record);
  uses.values[line] = use;
  setKey(columns.idKey, line, keyOf(record.id));
  table.byId.add(line);
  columns.fingerprintKey.reserve((line + 1) * KEY_WORDS);
  if (record.fingerprint === null) return;
  setKey(columns.fingerprintKey, line, keyOf(record.fingerprint));
  (record.status === 'succeeded' ? table.succeeded : table.unsuccessful).add(line);
}

function setKey(keys: LineTable['columns']['idKey'], line: number, key: Uint32Array): void {
  keys.reserve((line + 1) * KEY_WORDS);
  keys.values.set(key, line * KEY_WORDS);
}

export function hasKey(
  keys: LineTable['columns']['idKey'],
  line: number,
  key: Uint32Array,
): boolean {
  return key.every((word, at) => keys.values[line * KEY_WORDS + at] === word);
}

export function statusOf(table: LineTable, line: number): (typeof STATUSES)[number] {
  const status = STATUSES[table.columns.status.values[line] ?? 0];
  if (status === undefined) throw new Error(`line ${line} has no status`);
  return status;
}

/** Makes a line the record of a task, whatever its text says. */
export function relabel(table: LineTable, line: number, { id, task, index }: Label): void {
  const { columns } = table;
  const isRenamed = !hasKey(columns.idKey, line, keyOf(id));
  if (isRenamed) table.renamed.set(line, { id, task });
  if (isRenamed || columns.index.values[line] !== index) columns.relabelled.values[line] = 1;
  columns.index.values[line] = index;
}

export function useOf(table: LineTable, line: number): number {
  return table.columns.use.values[line] ?? USE.free;
}
