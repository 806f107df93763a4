import type { BatchingOptions, BatchLane } from '../../src/batch/batch-lane.ts';
import { newChunk, type Chunk } from '../../src/batch/chunk.ts';
import type { BatchApi } from '../../src/providers/batch-api.ts';
import type { Clock } from '../../src/ports/clock.ts';

const nothing = (): Promise<void> => Promise.resolve();
const never = (): never => {
  throw new Error('this is not asked for');
};

/** A clock on which every wait ends immediately. */
const CLOCK: Clock = {
  now: () => 0,
  epochMs: () => 0,
  after(_, fire) {
    queueMicrotask(fire);
    return () => undefined;
  },
};

export function laneWith(api: Partial<BatchApi>): BatchLane {
  const none: BatchApi = {
    most: { rows: 10, bytes: 1_000 },
    rowOf: never,
    upload: never,
    create: never,
    find: never,
    inspect: never,
    cancel: never,
    collect: never,
    deleteFiles: never,
  };
  return {
    name: 'local/small',
    model: 'small',
    host: 'localhost',
    api: { ...none, ...api },
    provider: { name: 'local', type: 'openai' },
    submits: () => true,
  };
}

export function optionsWith(more: Partial<BatchingOptions> = {}): BatchingOptions {
  const { signal } = new AbortController();
  return {
    settings: { leftovers: 'realtime', minRows: 10, keepFiles: false },
    clock: CLOCK,
    newId: () => 'c1',
    detaches: false,
    resubmits: false,
    openChunks: [],
    isRecorded: () => false,
    coversAll: () => true,
    keepLine: nothing,
    keepRow: nothing,
    settle: nothing,
    leave: () => undefined,
    emit: () => undefined,
    worstCase: () => null,
    budget: undefined,
    maxTaskCostUsd: undefined,
    drain: signal,
    abort: signal,
    ...more,
  };
}

export function chunkOf(rows: number): Chunk {
  return newChunk({
    id: 'c1',
    fingerprints: new Map(Array.from({ length: rows }, (_, at) => [`v1-${at}`, `f${at}`])),
    sinceEpochMs: 0,
    reservedUsd: undefined,
  });
}
