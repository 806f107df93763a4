import type { Failure, FailureCode } from '../errors/failure.ts';
import type { PromptRequest, RenderedTask, Task } from '../plan/task.ts';
import type { WaitedMs } from './events.ts';
import { estimateInputTokens } from './estimate.ts';
import { requestFingerprint } from '../plan/fingerprint.ts';
import type { LaneRun, RunContext } from './lane-run.ts';
import { createProgress, type Progress } from './progress.ts';
import type { Measured } from './schedule.ts';
import { setAside } from './set-aside.ts';
import { endTask, loadNow, runTask, settleMoney } from './run-task.ts';
import { createSlots, takeSlot, type Slots } from './slots.ts';
import { addWaits, waitsBetween } from './wait-ledger.ts';

/** A task that left the feed, filled in and ready to be sent. */
interface Taken {
  readonly progress: Progress;
  readonly rendered: RenderedTask;
  /** The lane's waits when it was taken. */
  readonly waits: WaitedMs;
}

/**
 * Live tasks per slot of the lane: as many again as are in flight may wait for a retry. So what the
 * lane holds in memory is bounded, and a server that fails everything is not fed for ever.
 */
const LIVE_PER_SLOT = 2;

/** Works off a lane's tasks in order. Resolves when every task that was started has ended. */
export async function workLane(lane: LaneRun, context: RunContext): Promise<void> {
  const live = createSlots(LIVE_PER_SLOT * lane.state.concurrency);
  const running = new Set<Promise<void>>();
  const feed = lane.lane.tasks[Symbol.asyncIterator]();
  const take = (): Promise<Taken | undefined> => takeNext(feed, lane, context);
  try {
    let upcoming = take();
    for (;;) {
      const taken = await upcoming;
      if (!taken || !(await livePlace(live, taken.progress, { lane, context }))) break;
      // One ahead: the next is read and filled in while this one waits for its turn.
      upcoming = take();
      const isOpen = await start(taken);
      if (!isOpen) break;
    }
  } finally {
    // Not awaited: a feed that hangs would keep the run from ending.
    void Promise.resolve(feed.return?.()).catch(() => {});
    await Promise.all(running);
    lane.lane.onEnd?.();
  }

  /** Resolves once the task was admitted, or ended without a request. False: the lane has stopped. */
  async function start({ progress, rendered, waits }: Taken): Promise<boolean> {
    if (!rendered.ok) return endUnsent(progress, rendered.failure);
    const { request } = rendered;
    const { measure = measured } = context.options;
    const ready = Object.assign(progress, {
      request,
      sending: request,
      ...measure(request, lane.lane.provider.host),
    });
    const money = await setAside(ready, lane, context);
    if (money.kind === 'stopped') return false;
    if (money.kind === 'refused') return endUnsent(ready, money.failure);
    const admission = await lane.limiter.acquire(() => loadNow(ready, lane), 'new');
    ready.waited = addWaits(ready.waited, waitsBetween(waits, lane.ledger.reading()));
    if (admission.kind === 'stopped') {
      settleMoney(ready, context);
      return false;
    }
    if (admission.kind === 'too_large') return endUnsent(ready, admission.failure);
    const work = runTask(ready, admission.permit, { lane, context })
      .catch((error: unknown) => context.stops.fail(error, { cutting: true }))
      .finally(() => {
        running.delete(work);
        live.release();
      });
    running.add(work);
    return true;
  }

  async function endUnsent(progress: Progress, failure: Failure): Promise<boolean> {
    const status = SKIPPING.has(failure.code) ? 'skipped' : 'failed';
    await endTask({ progress, lane, context }, { status, failure });
    live.release();
    return !lane.stopped.aborted;
  }
}

function measured(request: PromptRequest, host: string): Measured {
  return {
    fingerprint: requestFingerprint(request, host),
    inputTokens: estimateInputTokens(request),
  };
}

/** Not failures of the task: its condition does not hold, or what it needs failed. */
const SKIPPING: ReadonlySet<FailureCode> = new Set(['CONDITION_FALSE', 'DEPENDENCY_FAILED']);

/** The next task with its texts; undefined at the end of the feed, or once the lane has stopped. */
async function takeNext(
  feed: AsyncIterator<Task>,
  lane: LaneRun,
  context: RunContext,
): Promise<Taken | undefined> {
  try {
    const taken = await unlessStopped(readTask(feed, lane, context), lane.stopped);
    return lane.stopped.aborted ? undefined : taken;
  } catch (error) {
    // Rows that cannot be read any more end the run, but not what is being answered already.
    context.stops.fail(error, { cutting: false });
    return undefined;
  }
}

async function readTask(
  feed: AsyncIterator<Task>,
  lane: LaneRun,
  { options }: RunContext,
): Promise<Taken | undefined> {
  if (lane.stopped.aborted) return undefined;
  const next = await feed.next();
  if (next.done === true) return undefined;
  const progress = createProgress(next.value, options.clock.now(), lane.lane.price);
  const waits = lane.ledger.reading();
  return { progress, waits, rendered: await options.render(next.value) };
}

/** Waits until the lane may hold another task. False, with nothing held, once it has stopped. */
async function livePlace(
  live: Slots,
  progress: Progress,
  { lane, context }: { readonly lane: LaneRun; readonly context: RunContext },
): Promise<boolean> {
  if (live.tryTake()) return true;
  const { clock } = context.options;
  const fromMs = clock.now();
  const taken = await takeSlot(live, lane.stopped);
  progress.waited = addWaits(progress.waited, { retry: clock.now() - fromMs });
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
