import type { FeedItem } from '../prefix/feed-item.ts';
import type { BatchingOptions, BatchLane } from './batch-lane.ts';
import { createBatchRun, type BatchTotals } from './batch-run.ts';
import { restoredChunk, type Chunk } from './chunk.ts';
import { laneFeed } from './batch-feed.ts';

/** The batches of a run. */
export interface Batching {
  /**
   * Sits between a lane's tasks and its requests: tasks that are sent in batches are settled here,
   * and the lane gets the other tasks and what batches left over.
   */
  feed(lane: BatchLane, tasks: AsyncIterable<FeedItem>): AsyncIterable<FeedItem>;
  /** Resolves when no create call is in flight. Call it once no more tasks are accepted. */
  close(): Promise<void>;
  totals(): BatchTotals;
}

export function createBatching(options: BatchingOptions): Batching {
  const run = createBatchRun(options);
  /** Chunks from earlier runs that do not belong to any lane of this run stay unchanged. */
  const restored = new Map<string, Chunk[]>();
  for (const each of options.openChunks) {
    const { lane } = each.intended;
    const chunk = restoredChunk(each);
    if (chunk.batchId !== undefined) run.claim(chunk.batchId);
    run.open.add(chunk);
    restored.set(lane, [...(restored.get(lane) ?? []), chunk]);
  }
  return {
    feed: (lane, tasks) => ({
      [Symbol.asyncIterator]: () =>
        laneFeed(tasks[Symbol.asyncIterator](), {
          lane,
          run,
          chunks: restored.get(lane.name) ?? [],
        }),
    }),
    close: () => run.quiet(),
    totals: () => run.totals(),
  };
}
