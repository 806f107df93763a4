import type { BatchCache } from './batch-cache.ts';
import type { BatchLane } from './batch-lane.ts';
import type { BatchRun } from './batch-run.ts';
import type { BatchRow, Chunk } from './chunk.ts';
import type { LaneQueue } from './lane-queue.ts';

/** What those who bring a lane's chunks to their end share. */
export interface LaneContext {
  readonly lane: BatchLane;
  readonly run: BatchRun;
  readonly queue: LaneQueue;
  /** Undefined: nothing is cached. */
  readonly cache: BatchCache | undefined;
  /** Batches of this lane that have not ended. */
  readonly chunks: Set<Chunk>;
  /** Aborted: the lane takes and submits nothing more, and nobody waits for its batches. */
  readonly drain: AbortSignal;
  /** Whether no further task comes. */
  isSourceDone(): boolean;
  /** Resolves at the next change. */
  nextChange(): Promise<'change'>;
  /** To be called when a chunk took a step. */
  tellChange(): void;
  /** Ends the lane. */
  fail(error: unknown): void;
  hasFailed(): boolean;
  /** Bytes of the rows that `claim` added and `release` did not take. */
  openBytes(): number;
  /** A task of this run has this row of the chunk. */
  claim(chunk: Chunk, row: BatchRow): void;
  /** It is dealt with. False: it was already. */
  release(chunk: Chunk, row: BatchRow): boolean;
}

export function createLaneContext(
  parts: Pick<LaneContext, 'lane' | 'run' | 'queue' | 'cache' | 'drain' | 'isSourceDone'> & {
    readonly chunks: Iterable<Chunk>;
  },
): LaneContext & { readonly failure: () => { readonly error: unknown } | undefined } {
  let bytes = 0;
  let failure: { readonly error: unknown } | undefined;
  let change = Promise.withResolvers<'change'>();

  function tellChange(): void {
    const told = change;
    change = Promise.withResolvers<'change'>();
    told.resolve('change');
  }

  return {
    ...parts,
    chunks: new Set(parts.chunks),
    nextChange: () => change.promise,
    tellChange,
    fail(error) {
      failure ??= { error };
      tellChange();
    },
    hasFailed: () => failure !== undefined,
    failure: () => failure,
    openBytes: () => bytes,
    claim(chunk, row) {
      chunk.claimed.set(row.customId, row);
      bytes += row.text.length;
    },
    release(chunk, row) {
      if (!chunk.claimed.delete(row.customId)) return false;
      bytes -= row.text.length;
      return true;
    },
  };
}
