import { createChanges } from '../ports/changes.ts';
import type { BatchCache } from './batch-cache.ts';
import type { BatchLane } from './batch-lane.ts';
import type { BatchRun } from './batch-run.ts';
import type { BatchRow, Chunk } from './chunk.ts';
import type { LaneQueue } from './batch-or-realtime.ts';

interface LaneParts {
  readonly lane: BatchLane;
  readonly run: BatchRun;
  readonly queue: LaneQueue;
  /** Undefined if nothing is cached. */
  readonly cache: BatchCache | undefined;
  /** Batches of this lane that have not ended. */
  readonly chunks: Set<Chunk>;
  /**
   * Aborts when the lane must not take or submit anything more. Nothing waits for its batches from
   * then on.
   */
  readonly drain: AbortSignal;
  /** Whether all tasks have arrived. */
  isSourceDone(): boolean;
}

export type LaneContext = ReturnType<typeof createLaneContext>;

/** What the functions that process a lane's chunks share. */
export function createLaneContext(parts: LaneParts) {
  let bytes = 0;
  let failure: { readonly error: unknown } | undefined;
  const changes = createChanges();

  return {
    ...parts,
    /** The steps of the lane's chunks. */
    changes,
    /** Ends the lane with an error. */
    fail(error: unknown): void {
      failure ??= { error };
      changes.tell();
    },
    failure: () => failure,
    /** Bytes of the rows that `claim` added and `release` has not removed. */
    openBytes: () => bytes,
    /** Notes that a task of this run belongs to this row of the chunk. */
    claim(chunk: Chunk, row: BatchRow): void {
      chunk.claimed.set(row.customId, row);
      bytes += row.text.length;
    },
    /** Notes that the row is settled. False if it already was. */
    release(chunk: Chunk, row: BatchRow): boolean {
      if (!chunk.claimed.delete(row.customId)) return false;
      bytes -= row.text.length;
      return true;
    },
  };
}
