import type { BatchSettings } from '../manifest/manifest.ts';
import type { Task } from '../plan/task.ts';
import { NOTHING_READY, type FeedItem } from '../schedule/feed-item.ts';
import type { BatchRow } from './chunk.ts';

/** A row that no batch has processed after so many goes in realtime. */
export const MOST_ROUNDS = 3;

interface Most {
  readonly rows: number;
  readonly bytes: number;
}

/** The rows of a lane that are in no batch: those that wait for one, and those that go in realtime. */
export interface LaneQueue {
  /** To go in a batch. */
  put(row: BatchRow): void;
  /** A batch did not process it. */
  putAgain(row: BatchRow): void;
  /** To go in realtime. */
  skip(item: FeedItem): void;
  /** The next that goes in realtime. */
  take(): FeedItem | undefined;
  /** Takes out those that are chosen, where there are enough for a chunk. */
  pick(
    choose: (rows: readonly BatchRow[]) => readonly BatchRow[],
    options: { readonly isAll: boolean },
  ): readonly BatchRow[];
  /** The rows of the next chunk, if there are enough. `isAll`: no more come for now. */
  cut(options: { readonly isAll: boolean }): readonly BatchRow[] | undefined;
  /** Chunks have no more rows than this from now on. */
  lower(mostRows: number): void;
  /** All that waits for a batch goes in realtime. */
  skipAll(): void;
  /** Bytes that wait for a batch. */
  bytes(): number;
  /** Rows that wait for a batch. */
  waiting(): number;
  /** Leaves all that is in it, and all that comes. */
  close(): void;
}

export function createLaneQueue(
  most: Most,
  options: {
    readonly settings: BatchSettings;
    /** Whether anything new goes in a batch. */
    readonly submits: () => boolean;
    /** A task is not sent by this run. */
    readonly leave: (task: Task) => void;
  },
): LaneQueue {
  const { settings, submits, leave } = options;
  const ready: FeedItem[] = [];
  let isClosed = false;
  let buffer: BatchRow[] = [];
  let bytes = 0;
  let mostRows = most.rows;
  let hasCut = false;

  function skip(item: FeedItem): void {
    if (!isClosed) ready.push(item);
    else if (item !== NOTHING_READY) leave(item.task);
  }

  function put(row: BatchRow): void {
    if (isClosed || !submits()) return skip(row.item);
    buffer.push(row);
    bytes += row.text.length;
  }

  function skipAll(): void {
    for (const { item } of buffer) skip(item);
    buffer = [];
    bytes = 0;
  }

  /** Rows of the next chunk, which may be less than a full one. */
  function next(): { readonly rows: readonly BatchRow[]; readonly isFull: boolean } {
    const rows = firstOf(buffer, { rows: mostRows, bytes: most.bytes });
    return { rows, isFull: rows.length < buffer.length || rows.length >= mostRows };
  }

  function remove(rows: readonly BatchRow[]): void {
    const removed = new Set(rows);
    buffer = buffer.filter((row) => !removed.has(row));
    for (const { text } of rows) bytes -= text.length;
  }

  return {
    put,
    putAgain(row) {
      const next = { ...row, rounds: row.rounds + 1 };
      if (settings.leftovers === 'batch' && next.rounds < MOST_ROUNDS) put(next);
      else skip(row.item);
    },
    skip,
    take: () => ready.shift(),
    pick(choose, { isAll }) {
      if (buffer.length === 0 || (!isAll && !next().isFull)) return [];
      const rows = choose(buffer);
      if (rows.length > 0) remove(rows);
      return rows;
    },
    cut({ isAll }) {
      while (buffer.length > 0) {
        const { rows, isFull } = next();
        if (!isAll && !isFull) return undefined;
        remove(rows);
        if (!hasCut || rows.length >= settings.minRows) {
          hasCut = true;
          return rows;
        }
        for (const { item } of rows) skip(item);
      }
      return undefined;
    },
    lower(rows) {
      mostRows = Math.min(mostRows, rows);
    },
    skipAll,
    bytes: () => bytes,
    waiting: () => buffer.length,
    close() {
      isClosed = true;
      skipAll();
      for (const item of ready.splice(0)) skip(item);
    },
  };
}

function firstOf(rows: readonly BatchRow[], most: Most): readonly BatchRow[] {
  let bytes = 0;
  let count = 0;
  for (const { text } of rows) {
    bytes += text.length;
    if (count > 0 && (count >= most.rows || bytes > most.bytes)) break;
    count += 1;
  }
  return rows.slice(0, count);
}
