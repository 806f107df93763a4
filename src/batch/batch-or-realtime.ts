import type { BatchSettings } from '../manifest/manifest.ts';
import type { Task } from '../plan/task.ts';
import { NOTHING_READY, type FeedItem } from '../prefix/feed-item.ts';
import type { BatchRow } from './chunk.ts';
import { firstChunk, type ChunkSize } from './split-into-chunks.ts';

/** A row that this many batches did not process is sent in realtime. */
export const MOST_ROUNDS = 3;

export type LaneQueue = ReturnType<typeof createLaneQueue>;

/**
 * The rows of a lane that are not in a batch: those that wait for a batch, and those to be sent in
 * realtime.
 */
export function createLaneQueue(
  most: ChunkSize,
  options: {
    readonly settings: BatchSettings;
    /** Whether new rows may still be sent in batches. */
    readonly submits: () => boolean;
    /** Called for a task that this run does not send. */
    readonly leave: (task: Task) => void;
  },
) {
  const { settings, submits, leave } = options;
  const ready: FeedItem[] = [];
  let isClosed = false;
  let buffer: BatchRow[] = [];
  let bytes = 0;
  let mostRows = most.rows;
  let hasCut = false;

  /** Queues a task to be sent in realtime. */
  function skip(item: FeedItem): void {
    if (!isClosed) ready.push(item);
    else if (item !== NOTHING_READY) leave(item.task);
  }

  /** Queues a row to be sent in a batch. */
  function put(row: BatchRow): void {
    if (isClosed || !submits()) return skip(row.item);
    buffer.push(row);
    bytes += row.text.length;
  }

  /** Moves everything that waits for a batch to the tasks that are sent in realtime. */
  function skipAll(): void {
    for (const { item } of buffer) skip(item);
    buffer = [];
    bytes = 0;
  }

  /** The rows of the next chunk, even if they do not fill it. */
  function next(): ReturnType<typeof firstChunk> {
    return firstChunk(buffer, { rows: mostRows, bytes: most.bytes });
  }

  function remove(rows: readonly BatchRow[]): void {
    const removed = new Set(rows);
    buffer = buffer.filter((row) => !removed.has(row));
    for (const { text } of rows) bytes -= text.length;
  }

  return {
    put,
    skip,
    skipAll,
    /** Puts back in the queue a row that a batch did not process. */
    putAgain(row: BatchRow): void {
      const next = { ...row, rounds: row.rounds + 1 };
      if (settings.leftovers === 'batch' && next.rounds < MOST_ROUNDS) put(next);
      else skip(row.item);
    },
    /** The next item to be sent in realtime. */
    take: () => ready.shift(),
    /** Takes out the chosen rows if there are enough for a chunk. */
    pick(
      choose: (rows: readonly BatchRow[]) => readonly BatchRow[],
      { isAll }: { readonly isAll: boolean },
    ): readonly BatchRow[] {
      if (buffer.length === 0 || (!isAll && !next().isFull)) return [];
      const rows = choose(buffer);
      if (rows.length > 0) remove(rows);
      return rows;
    },
    /**
     * The rows of the next chunk, if there are enough. `isAll`: no more rows will arrive for now.
     */
    cut({ isAll }: { readonly isAll: boolean }): readonly BatchRow[] | undefined {
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
    /** From now on, chunks have at most this many rows. */
    lower(rows: number): void {
      mostRows = Math.min(mostRows, rows);
    },
    /** Bytes that wait for a batch. */
    bytes: () => bytes,
    /** Rows that wait for a batch. */
    waiting: () => buffer.length,
    /** Leaves everything in the queue, and everything that arrives later, to another run. */
    close(): void {
      isClosed = true;
      skipAll();
      for (const item of ready.splice(0)) skip(item);
    },
  };
}
