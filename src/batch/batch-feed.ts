import { onAbort } from '../ports/abort.ts';
import type { Clock } from '../ports/clock.ts';
import { NOTHING_READY, type FedTask, type FeedItem } from '../prefix/feed-item.ts';
import { createBatchCache } from './batch-cache.ts';
import type { BatchLane } from './batch-lane.ts';
import type { BatchRun } from './batch-run.ts';
import { resumeChunk, submitChunk } from './chunk-life.ts';
import type { BatchRow, Chunk } from './chunk.ts';
import { createLaneContext } from './batch-context.ts';
import { createLaneQueue } from './batch-or-realtime.ts';
import { rowOfTask } from './row-of-task.ts';

/**
 * The maximum size of the rows that are with the providers at one time; more would fill the memory.
 */
const MOST_OPEN_BYTES = 256 * 1024 * 1024;
/** If no task arrives for this long, the rows so far are submitted. */
const STALL_MS = 5_000;
/** After this time, the cache entry may have expired, so the other rows are sent without it. */
export const MOST_PRIMING_MS = 3_600_000;

/**
 * The tasks that a lane sends itself: those that are not sent in batches, and those that batches
 * left over.
 */
export function laneFeed(
  source: AsyncIterator<FeedItem>,
  {
    lane,
    run,
    chunks,
  }: {
    readonly lane: BatchLane;
    readonly run: BatchRun;
    /** Chunks from earlier runs. */
    readonly chunks: readonly Chunk[];
  },
): AsyncIterator<FeedItem> {
  const { options } = run;
  const { clock, cutover } = options;
  const stop = new AbortController();
  let isSourceDone = false;
  /** Whether no further task will arrive until one of the current ones has ended. */
  let isIdle = false;
  let isClosed = false;
  /** Stops listening to the run's signals; undefined until the first task is wanted. */
  let forget: (() => void) | undefined;
  let pull: Promise<IteratorResult<FeedItem>> | undefined;
  /** Rows that were in a batch or will be. */
  const taken = new Set<string>();
  const queue = createLaneQueue(lane.api.most, {
    settings: options.settings,
    submits: () => !isClosed && !cutover?.aborted,
    leave: options.leave,
  });
  // A run that detaches does not wait for a batch that fills the cache.
  const cache =
    lane.caching && !options.detaches
      ? createBatchCache(lane.caching, {
          minRows: options.settings.minRows,
          nowMs: () => clock.epochMs(),
        })
      : undefined;
  const context = createLaneContext({
    lane,
    run,
    queue,
    cache,
    chunks: new Set(chunks),
    drain: stop.signal,
    isSourceDone: () => isSourceDone,
  });

  function begin(): void {
    const listening = [
      onAbort(options.drain, () => stop.abort(options.drain.reason)),
      cutover && onAbort(cutover, onCutover),
    ];
    forget = () => listening.forEach((each) => each?.());
    // These are chunks from earlier runs that the lane still waits for.
    for (const chunk of context.chunks) resumeChunk(chunk, context);
  }

  function onCutover(): void {
    queue.skipAll();
    context.changes.tell();
  }

  function take(item: FedTask): void {
    const row = rowOfTask(item, lane, { ...options, cache });
    if (!row || taken.has(row.customId)) return queue.skip(item);
    const chunk = earlierChunkOf(row);
    if (!chunk && (!lane.submits(item.task) || isTooExpensive(row))) return queue.skip(item);
    taken.add(row.customId);
    if (!chunk) return queue.put(row);
    context.claim(chunk, row);
    context.changes.tell();
  }

  /**
   * The chunk from an earlier run that contains this row, if the row's answer is not recorded yet.
   */
  function earlierChunkOf({ customId, fingerprint }: BatchRow): Chunk | undefined {
    return [...context.chunks].find(
      ({ isRestored, fingerprints, claimed, batchId }) =>
        isRestored &&
        fingerprints.has(customId) &&
        !claimed.has(customId) &&
        (batchId === undefined ? !options.resubmits : !options.isRecorded(batchId, fingerprint)),
    );
  }

  function isTooExpensive({ worstUsd }: BatchRow): boolean {
    const { maxTaskCostUsd: cap } = options;
    return cap !== undefined && (worstUsd ?? Infinity) > cap;
  }

  /** How much longer the other rows wait for the batch that fills the cache. */
  function primingMs(): number {
    const sinceMs = [...context.chunks].flatMap(({ isPrimer, sinceEpochMs }) =>
      isPrimer ? sinceEpochMs : [],
    );
    return Math.max(0, ...sinceMs.map((since) => since + MOST_PRIMING_MS - clock.epochMs()));
  }

  /** Makes chunks from the waiting rows. */
  function cut(isAll: boolean): void {
    if (primingMs() > 0) return;
    const primers = cache ? queue.pick((rows) => cache.primers(rows), { isAll }) : [];
    if (primers.length > 0) return submitChunk(primers, context, { isPrimer: true });
    for (let rows = queue.cut({ isAll }); rows; rows = queue.cut({ isAll })) {
      submitChunk(rows, context);
    }
  }

  /** Whether everything is submitted, and every batch that has ended is collected. */
  function isAllLeft(): boolean {
    return (isSourceDone || isIdle) && [...context.chunks].every(({ isLeft }) => isLeft);
  }

  /** Releases the tasks whose answers a later run will collect. */
  function letGo(): void {
    isClosed = true;
    stop.abort(new Error('the lane has stopped'));
    forget?.();
    for (const chunk of context.chunks) {
      // Results that have arrived were paid for, so they are still kept.
      if (chunk.results) continue;
      chunk.isLeft = true;
      for (const row of chunk.claimed.values()) {
        context.release(chunk, row);
        options.leave(row.item.task);
      }
    }
    queue.close();
    void source.return?.();
  }

  /** Takes the next item from the source, unless something else happens first. */
  async function receive(): Promise<void> {
    const changed = context.changes.next();
    const isFull = context.openBytes() + queue.bytes() >= MOST_OPEN_BYTES;
    if (!isSourceDone && !isFull) pull ??= source.next();
    const stall = queue.waiting() > 0 ? stallOf(clock, primingMs() || STALL_MS) : undefined;
    const event = await Promise.race([
      changed,
      ...(pull ? [pull] : []),
      ...(stall ? [stall.promise] : []),
    ]);
    stall?.cancel();
    if (event === undefined) return cut(false);
    if (event === 'stall') return cut(true);
    pull = undefined;
    isSourceDone = event.done === true;
    isIdle = isSourceDone || event.value === NOTHING_READY;
    if (event.done === true || event.value === NOTHING_READY) {
      context.changes.tell();
      const isQuiet = context.chunks.size === 0 && queue.waiting() === 0;
      if (!isSourceDone && isQuiet) queue.skip(NOTHING_READY);
      return;
    }
    take(event.value);
    cut(false);
  }

  return {
    async next() {
      if (!forget) begin();
      for (;;) {
        const failure = context.failure();
        if (failure) throw failure.error;
        if (isClosed) return { done: true, value: undefined };
        if (isSourceDone || isIdle) cut(true);
        const item = queue.take();
        if (item !== undefined) return { done: false, value: item };
        if (options.detaches && context.chunks.size > 0 && isAllLeft()) {
          run.detach();
          letGo();
          continue;
        }
        if (isSourceDone && context.chunks.size === 0 && queue.waiting() === 0) {
          forget?.();
          return { done: true, value: undefined };
        }
        await receive();
      }
    },
    async return() {
      letGo();
      context.changes.tell();
      return { done: true, value: undefined };
    },
  };
}

function stallOf(
  clock: Clock,
  ms: number,
): {
  readonly promise: Promise<'stall'>;
  readonly cancel: () => void;
} {
  const { promise, resolve } = Promise.withResolvers<'stall'>();
  return { promise, cancel: clock.after(ms, () => resolve('stall')) };
}
