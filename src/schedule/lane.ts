import type { Failure } from '../errors/failure.ts';
import { createLaneWatch } from '../outcome/lane-watch.ts';
import { learnedStart } from '../outcome/learned-limits.ts';
import { beginWait } from '../outcome/task-account.ts';
import { addWaits, totalMs, waitsBetween } from '../outcome/time-waited.ts';
import { slotsOf } from '../pace/concurrency.ts';
import { createPace } from '../pace/pace.ts';
import { onAbort, unlessAborted } from '../ports/abort.ts';
import { NOTHING_READY } from '../prefix/feed-item.ts';
import { createLanePrefixes } from '../prefix/lane-prefixes.ts';
import { isAwaitedByOthers } from '../prefix/cache-role.ts';
import { warmFeed } from '../prefix/warm-feed.ts';
import { createFirstEnds } from '../providers/failures-that-stop-lanes.ts';
import type { LaneConfig, LaneWorker, RunContext } from './run-context.ts';
import { stillFeedsFallback } from './fallback.ts';
import { createLaneLimiter } from './lane-limiter.ts';
import { createRunSlots, type RunSlots, takeSlot } from './run-slots.ts';
import { runTask } from './run-task.ts';
import { createTaskState, type TaskState } from './task-state.ts';
import { warmUpCall } from './warm-up-call.ts';

/**
 * Tasks in memory per slot of the lane: for each one in flight, another may wait for a retry. This
 * limits memory, and the number of tasks that are sent to a server that fails everything.
 */
const IN_MEMORY_PER_SLOT = 2;

export function createLane(
  config: LaneConfig,
  { options, stops, slots }: Pick<RunContext, 'options' | 'stops'> & { readonly slots: RunSlots },
): LaneWorker {
  const { clock, random, emit, maxConcurrent, makePace = createPace } = options;
  const { limits, countsCacheReads = true, countsMaxTokens = false, learned } = config;
  const policy = { countsCacheReads, countsMaxTokens };
  const start = learned && learnedStart(learned);
  const own = makePace({ limits, policy, start, nowMs: clock.now() });
  const share = config.share?.(own);
  const pace = share?.pace ?? own;
  const controller = new AbortController();
  const forgetHalt = onAbort(stops.halt, () => controller.abort(stops.halt.reason));
  let stoppedBy: Failure | undefined;
  const firstEnds = createFirstEnds();
  const watch = createLaneWatch(
    { name: config.name, state: pace.state, limits, maxConcurrent, clock },
    (bound) => emit({ type: 'lane_bound', lane: config.name, bound }),
  );

  function stop(failure: Failure): void {
    if (controller.signal.aborted) return;
    stoppedBy = failure;
    controller.abort(new Error(failure.message));
    emit({ type: 'lane_stopped', lane: config.name, failure });
  }

  return {
    config,
    ...watch,
    pace,
    flex: { isUnknown: false },
    prefixes: config.caching && createLanePrefixes(config.caching, clock),
    limiter: createLaneLimiter({
      pace,
      share,
      slots,
      waits: watch.waits,
      clock,
      random,
      stop: controller.signal,
      onError: (error) => stops.fail(error, { cutting: true }),
    }),
    stopped: controller.signal,
    stoppedBy: () => stoppedBy,
    stop,
    noteEnd(failure) {
      const mostAtOnce = Math.min(slotsOf(pace.state.concurrency), maxConcurrent);
      if (firstEnds.areAlike(failure, mostAtOnce) && failure) stop(failure);
    },
    dispose() {
      forgetHalt();
      share?.leave();
    },
  };
}

/**
 * Runs a lane's tasks in order: takes one from the feed, waits until the lane has room for it,
 * starts it, and takes the next once that one was sent. A lane that stopped still passes tasks on
 * to their fallback models. Resolves when every task that was started has ended.
 */
export async function workLane(lane: LaneWorker, context: RunContext): Promise<void> {
  const { clock } = context.options;
  const { config, waits, prefixes } = lane;
  const inMemory = createRunSlots(() => IN_MEMORY_PER_SLOT * slotsOf(lane.pace.state.concurrency));
  const running = new Set<Promise<void>>();
  prefixes?.onCall((request, pass) => track(warmUpCall(request, pass, { lane, context })));
  const tasks = prefixes ? warmFeed(config.tasks, prefixes, lane.stopped) : config.tasks;
  const feed = tasks[Symbol.asyncIterator]();
  let isAtEnd = false;
  let needsBeforeMs = 0;
  try {
    let upcoming = takeNext();
    for (;;) {
      const next = await upcoming;
      waits.awaitsNeeds(next === NOTHING_READY);
      if (next === NOTHING_READY) {
        upcoming = takeNext();
        continue;
      }
      isAtEnd = next === AT_END;
      if (!next || next === AT_END) break;
      const { needs: needsMs = 0 } = waits.reading();
      next.waited = { needs: needsMs - needsBeforeMs };
      needsBeforeMs = needsMs;
      const isPlaced = inMemory.tryTake();
      // Tasks in memory may be waiting for this one.
      const isAwaited = isAwaitedByOthers(next.pass);
      if (!isPlaced && !isAwaited && !(await placeInMemory(next))) break;
      // The next task is read and rendered while this one waits.
      upcoming = takeNext();
      await start(next, () => (isPlaced || !isAwaited ? inMemory.release() : undefined));
      if (isClosed()) break;
    }
  } finally {
    // Not awaited: a feed that hangs would prevent the run from ending.
    void Promise.resolve(feed.return?.()).catch(() => {});
    waits.awaitsNeeds(false);
    await Promise.all(running);
    config.onEnd?.();
  }
  const stoppedBy = lane.stoppedBy();
  if (!isAtEnd && stoppedBy) context.noteUnsent(stoppedBy);

  function track(work: Promise<void>, onEnd?: () => void): void {
    const tracked = work
      .catch((error: unknown) => context.stops.fail(error, { cutting: true }))
      .finally(() => {
        running.delete(tracked);
        onEnd?.();
      });
    running.add(tracked);
  }

  /** Resolves once the task was sent, moved to another lane, or ended. */
  function start(state: TaskState, release: () => void): Promise<void> {
    return new Promise((resolve) => {
      track(runTask({ state, lane, context, onOut: resolve }), () => {
        release();
        resolve();
      });
    });
  }

  /** Whether the lane takes no more tasks. */
  function isClosed(): boolean {
    const { halt } = context.stops;
    return halt.aborted || (lane.stopped.aborted && !stillFeedsFallback(lane));
  }

  /** Aborted once the lane is certainly closed. */
  function closing(): AbortSignal {
    return config.hasFallbacks ? context.stops.halt : lane.stopped;
  }

  /** The next task; undefined once the lane is closed. */
  async function takeNext(): Promise<TaskState | typeof NOTHING_READY | typeof AT_END | undefined> {
    try {
      if (isClosed()) return undefined;
      const next = await unlessAborted(feed.next(), closing());
      if (next === undefined || isClosed()) return undefined;
      if (next.done === true) return AT_END;
      if (next.value === NOTHING_READY) return NOTHING_READY;
      const state = createTaskState(next.value, clock.now(), config.price);
      beginWait(state, waits);
      return state;
    } catch (error) {
      // If rows can no longer be read, the run ends, but requests in flight are still answered.
      context.stops.fail(error, { cutting: false });
      return undefined;
    }
  }

  /** Waits until the lane has room for another task. False once it is closed. */
  async function placeInMemory(state: TaskState): Promise<boolean> {
    const fromMs = clock.now();
    const before = waits.reading();
    const hasPlace = await takeSlot(inMemory, closing());
    // The lane's own waits in this time count once the task is sent, so only the rest counts as a
    // wait for retries.
    const retryMs = clock.now() - fromMs - totalMs(waitsBetween(before, waits.reading()));
    state.waited = addWaits(state.waited, { retry: Math.max(0, retryMs) });
    return hasPlace;
  }
}

const AT_END = 'at_end';
