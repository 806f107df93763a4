import type { Failure, FailureCode } from '../errors/failure.ts';
import type { RenderedTask } from '../plan/task.ts';
import { concurrencyOf } from './concurrency.ts';
import type { WaitedMs } from './events.ts';
import { NOTHING_READY, type FeedItem } from './feed.ts';
import { handsOn } from './fallback.ts';
import type { LaneRun, RunContext } from './lane-run.ts';
import type { Permit } from './limiter.ts';
import { loadNow } from './load.ts';
import { createProgress, type Progress, type RenderedProgress } from './progress.ts';
import { setAside } from './set-aside.ts';
import { endTask, readied, runTask, settleMoney } from './run-task.ts';
import { createSlots, takeSlot, type Slots } from './slots.ts';
import { addWaits, waitsBetween } from './wait-ledger.ts';

/** A task that left the feed, filled in and ready to be sent. */
interface Taken {
  readonly progress: Progress;
  readonly rendered: RenderedTask;
  /** The lane's waits when it was taken: what is added to them until it goes out is its own wait. */
  readonly waits: WaitedMs;
}

/**
 * Live tasks per slot of the lane: as many again as are in flight may wait for a retry. So what the
 * lane holds in memory is bounded, and a server that fails everything is not fed for ever.
 */
const LIVE_PER_SLOT = 2;

/**
 * Works off a lane's tasks in order, and once it has stopped hands on those that have a fallback.
 * Resolves when every task that was started has ended.
 */
export async function workLane(lane: LaneRun, context: RunContext): Promise<void> {
  const live = createSlots(() => LIVE_PER_SLOT * concurrencyOf(lane.state.window));
  const running = new Set<Promise<void>>();
  const feed = lane.lane.tasks[Symbol.asyncIterator]();
  const take = (): Promise<Next | undefined> => takeNext(feed, lane, context);
  let isAtEnd = false;
  let toldNeedsMs = 0;
  try {
    let upcoming = take();
    for (;;) {
      const taken = await upcoming;
      lane.ledger.awaitsNeeds(taken === NOTHING_READY);
      if (taken === NOTHING_READY) {
        upcoming = take();
        continue;
      }
      isAtEnd = taken === AT_END;
      if (!taken || taken === AT_END) break;
      taken.progress.waited = { needs: needsWait() };
      if (!(await livePlace(live, taken.progress, { lane, context }))) break;
      // One ahead: the next is read and filled in while this one waits for its turn.
      upcoming = take();
      const isOpen = await start(taken);
      if (!isOpen) break;
    }
  } finally {
    // Not awaited: a feed that hangs would keep the run from ending.
    void Promise.resolve(feed.return?.()).catch(() => {});
    lane.ledger.awaitsNeeds(false);
    await Promise.all(running);
    lane.lane.onEnd?.();
  }
  const stoppedBy = lane.stoppedBy();
  if (!isAtEnd && stoppedBy) context.countMissed(stoppedBy);

  /** Milliseconds that the lane waited for needs since it last was asked. */
  function needsWait(): number {
    const { needs = 0 } = lane.ledger.reading();
    const more = needs - toldNeedsMs;
    toldNeedsMs = needs;
    return more;
  }

  /** Resolves once the task was admitted, or ended without a request. False: the lane is closed. */
  async function start({ progress, rendered, waits }: Taken): Promise<boolean> {
    if (!rendered.ok) return endUnsent(progress, rendered.failure);
    const ready = Object.assign(progress, readied(rendered, lane, context.options));
    const money = await setAside(ready, lane, context);
    if (money.kind === 'stopped') return handOn(ready);
    if (money.kind === 'refused') return endUnsent(ready, money.failure);
    const admission = await lane.limiter.acquire(() => loadNow(ready, lane), 'new');
    ready.waited = addWaits(ready.waited, waitsBetween(waits, lane.ledger.reading()));
    if (admission.kind === 'stopped') return handOn(ready);
    if (admission.kind === 'too_large') return endUnsent(ready, admission.failure);
    launch(ready, admission.permit);
    return true;
  }

  function handOn(ready: RenderedProgress): boolean {
    settleMoney(ready, context);
    if (isClosed(lane, context)) return false;
    launch(ready, undefined);
    return true;
  }

  function launch(ready: RenderedProgress, permit: Permit | undefined): void {
    const work = runTask(ready, permit, { lane, context })
      .catch((error: unknown) => context.stops.fail(error, { cutting: true }))
      .finally(() => {
        running.delete(work);
        live.release();
      });
    running.add(work);
  }

  async function endUnsent(progress: Progress, failure: Failure): Promise<boolean> {
    const status = SKIPPING.has(failure.code) ? 'skipped' : 'failed';
    await endTask({ progress, lane, context }, { status, failure });
    live.release();
    return !isClosed(lane, context);
  }
}

/** Whether the lane takes up no further task. */
function isClosed(lane: LaneRun, { stops }: RunContext): boolean {
  return stops.halt.aborted || (lane.stopped.aborted && !handsOn(lane));
}

/** Not failures of the task: its condition does not hold, or what it needs failed. */
const SKIPPING: ReadonlySet<FailureCode> = new Set(['CONDITION_FALSE', 'DEPENDENCY_FAILED']);

/** Aborted once it is sure that the lane is closed. */
function closing(lane: LaneRun, { stops }: RunContext): AbortSignal {
  return lane.lane.hasFallbacks ? stops.halt : lane.stopped;
}

/** The next task with its texts; undefined once the lane is closed. */
async function takeNext(
  feed: AsyncIterator<FeedItem>,
  lane: LaneRun,
  context: RunContext,
): Promise<Next | undefined> {
  try {
    const taken = await unlessStopped(readTask(feed, lane, context), closing(lane, context));
    return isClosed(lane, context) ? undefined : taken;
  } catch (error) {
    // Rows that cannot be read any more end the run, but not what is being answered already.
    context.stops.fail(error, { cutting: false });
    return undefined;
  }
}

const AT_END = 'at_end';

type Next = Taken | typeof NOTHING_READY | typeof AT_END;

async function readTask(
  feed: AsyncIterator<FeedItem>,
  lane: LaneRun,
  context: RunContext,
): Promise<Next | undefined> {
  const { options } = context;
  if (isClosed(lane, context)) return undefined;
  const next = await feed.next();
  if (next.done === true) return AT_END;
  if (next.value === NOTHING_READY) return NOTHING_READY;
  const progress = createProgress(next.value, options.clock.now(), lane.lane.price);
  return { progress, waits: lane.ledger.reading(), rendered: next.value.rendered };
}

/** Waits until the lane may hold another task. False, with nothing held, once it is closed. */
async function livePlace(
  live: Slots,
  progress: Progress,
  { lane, context }: { readonly lane: LaneRun; readonly context: RunContext },
): Promise<boolean> {
  if (live.tryTake()) return true;
  const { clock } = context.options;
  const fromMs = clock.now();
  const before = lane.ledger.reading();
  const taken = await takeSlot(live, closing(lane, context));
  // What the lane waited for meanwhile is counted once the task goes out: only the rest is between retries.
  const told = Object.values(waitsBetween(before, lane.ledger.reading()));
  const toldMs = told.reduce((sum, waitMs) => sum + waitMs, 0);
  progress.waited = addWaits(progress.waited, {
    retry: Math.max(0, clock.now() - fromMs - toldMs),
  });
  return taken;
}

/** The work's value, or undefined as soon as the lane stops. */
function unlessStopped<Value>(
  work: Promise<Value>,
  stopped: AbortSignal,
): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const onStop = (): void => resolve(undefined);
    if (stopped.aborted) onStop();
    stopped.addEventListener('abort', onStop, { once: true });
    work.then(resolve, reject).finally(() => stopped.removeEventListener('abort', onStop));
  });
}
