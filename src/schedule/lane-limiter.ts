import type { Failure } from '../errors/failure.ts';
import type { Load } from '../pace/tokens-per-limit.ts';
import type { Answered, Pace } from '../pace/pace.ts';
import { slotsNow } from '../pace/probe.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { createJobQueue } from './bottleneck-adapter.ts';
import type { RunSlots } from './run-slots.ts';
import { tooLarge } from './too-large.ts';
import type { WaitTimes } from '../outcome/time-waited.ts';

export interface LimitedRequest {
  readonly priority: Priority;
  /** Called whenever the load is needed, because the estimate changes with each answer. */
  readonly load: () => Load;
}

export type Priority = keyof typeof PRIORITIES;

/** Bottleneck's priorities. */
const PRIORITIES = { probe: 1, retry: 3, new: 5 } as const;

export type Scheduled<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  /** The lane accepts no more requests. */
  | { readonly kind: 'stopped' }
  /** Larger than a whole limit, so waiting would not help. */
  | { readonly kind: 'too_large'; readonly failure: Failure };

export interface Permit {
  /** Whether the request is a probe of a server that admitted nothing. */
  readonly isProbe: boolean;
  /** Returns when a new pause ends, if it is worth reporting. */
  answered(answer: Answered): number | undefined;
}

/**
 * A lane whose limits are shared with other runs. Its pace also counts what the others send, and
 * each request is claimed before it is sent, so that two runs never take the same place.
 */
export interface LaneShare {
  readonly pace: Pace;
  /** Claims a place for one request. False if another run was first: ask the pace again. */
  claim(load: Load): Promise<boolean>;
  /** Gives up a claim whose request is not sent. */
  unclaim(): void;
  /** `changed` is called whenever other runs may have changed what the pace says. */
  onChange(changed: () => void): void;
  /** Call this once the lane sends nothing more. */
  leave(): void;
}

/** Makes a lane share its limits. `pace` is the lane's own pace. */
export type JoinLane = (pace: Pace) => LaneShare;

export interface LaneLimiterOptions {
  readonly pace: Pace;
  /** Set if other runs share the lane. */
  readonly share?: LaneShare | undefined;
  /** Requests in flight in the whole run. */
  readonly slots: RunSlots;
  readonly waits: WaitTimes;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborting it drops all waiting requests. */
  readonly stop: AbortSignal;
  readonly onError: (error: unknown) => void;
}

export type LaneLimiter = ReturnType<typeof createLaneLimiter>;

/**
 * Enforces what a lane may send: every request runs as one job, and holds a slot of the lane and
 * one of the run until the job ends. Probes go first, then retries, then new tasks, each in order
 * of arrival.
 *
 * Whenever something changes, `look` asks the pace whether the first request in the queue may be
 * sent. If so, it takes a slot of the run and grants one permit, and Bottleneck starts the job. If
 * not, it looks again when the pace says so.
 */
export function createLaneLimiter(options: LaneLimiterOptions) {
  const { pace, share, slots, waits, clock, random, stop, onError } = options;
  const queue = createJobQueue(slotsNow(pace.state), onError);
  /** The queue in Bottleneck's order, to know which request is next. */
  const waiting: Record<Priority, Set<LimitedRequest>> = {
    probe: new Set(),
    retry: new Set(),
    new: new Set(),
  };
  /** Whether a permit and a slot of the run were granted to a request that is not sent yet. */
  let isGranted = false;
  let willLook = false;
  let stopWaiting: (() => void) | undefined;
  let onRoom: (() => void) | undefined;

  stop.addEventListener('abort', close, { once: true });
  if (stop.aborted) close();
  share?.onChange(lookSoon);

  /** Looks once all changes of this turn have been made: the priorities apply to all of them. */
  function lookSoon(): void {
    if (willLook) return;
    willLook = true;
    queueMicrotask(() => {
      willLook = false;
      look(false);
    });
  }

  /** `hasSlot`: whether a slot of the run was already taken for the next request. */
  function look(hasSlot: boolean): void {
    stopWaiting?.();
    stopWaiting = undefined;
    const laneSlots = slotsNow(pace.state);
    queue.setSlots(laneSlots);
    waits.hasRoom(pace.state.inFlight < laneSlots);
    const { probe, retry } = waiting;
    const [next] = [probe, retry, waiting.new].flatMap(([first]) => first ?? []);
    const room = next && !isGranted && !stop.aborted ? roomFor(next) : undefined;
    if (room?.kind === 'free' && (hasSlot || slots.tryTake())) {
      isGranted = true;
      waits.blockedBy(undefined);
      return share && next ? void claim(share, next).catch(onError) : queue.permit();
    }
    // What the pace allows changed during the wait for the run's slot, so others get the slot.
    if (hasSlot) slots.release();
    onRoom?.();
    waits.blockedBy(room?.kind === 'free' ? 'run' : room?.by);
    if (room?.kind === 'free') {
      stopWaiting = slots.whenFree(
        () => look(true),
        () => pace.state.inFlight,
      );
    } else if (room?.untilMs !== undefined) {
      // Round up to whole milliseconds: a tiny remainder would not advance the clock, so the wait
      // would never end.
      stopWaiting = clock.after(Math.ceil(room.untilMs - clock.now()), () => look(false));
    }
  }

  async function claim(share: LaneShare, { load }: LimitedRequest): Promise<void> {
    const isClaimed = await share.claim(load());
    if (stop.aborted) {
      if (isClaimed) share.unclaim();
    } else if (isClaimed) queue.permit();
    else {
      isGranted = false;
      look(true);
    }
  }

  function roomFor({ load }: LimitedRequest) {
    return pace.room(load(), clock.now());
  }

  /** Runs in the job, without a wait if there is room. */
  async function begin<Value>(
    request: LimitedRequest,
    job: (permit: Permit) => Promise<Value>,
  ): Promise<Scheduled<Value>> {
    waiting[request.priority].delete(request);
    // The permit was meant for another request, or a pause has begun.
    for (let room = roomFor(request); room.kind === 'wait'; room = roomFor(request)) {
      await changed(room.untilMs);
      if (!stop.aborted) continue;
      isGranted = false;
      share?.unclaim();
      slots.release();
      return { kind: 'stopped' };
    }
    isGranted = false;
    const sent = pace.sent(request.load(), clock.now());
    lookSoon();
    const permit: Permit = {
      isProbe: sent.isProbe,
      answered(answer) {
        const paused = pace.answered(sent, answer, { nowMs: clock.now(), random });
        lookSoon();
        return paused;
      },
    };
    try {
      return { kind: 'done', value: await job(permit) };
    } catch (error) {
      // Report the error before anything else is sent.
      onError(error);
      throw error;
    } finally {
      pace.released();
      slots.release();
      lookSoon();
    }
  }

  function changed(untilMs: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const cancel =
        untilMs === undefined
          ? undefined
          : clock.after(Math.ceil(untilMs - clock.now()), () => onRoom?.());
      onRoom = () => {
        onRoom = undefined;
        cancel?.();
        resolve();
      };
    });
  }

  function close(): void {
    queue.close();
    if (isGranted && !onRoom) {
      isGranted = false;
      share?.unclaim();
      slots.release();
    }
    look(false);
  }

  return {
    async schedule<Value>(
      request: LimitedRequest,
      job: (permit: Permit) => Promise<Value>,
    ): Promise<Scheduled<Value>> {
      const { inputTokens, promptTokens = inputTokens } = request.load();
      const failure = tooLarge(pace.state.declared, promptTokens);
      if (failure) return { kind: 'too_large', failure };
      waiting[request.priority].add(request);
      lookSoon();
      const scheduled = await queue.add(PRIORITIES[request.priority], () => begin(request, job));
      waiting[request.priority].delete(request);
      return scheduled ?? { kind: 'stopped' };
    },
  };
}
