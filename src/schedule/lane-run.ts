import type { Failure } from '../errors/failure.ts';
import type { ModelName } from '../manifest/manifest.ts';
import { concurrencyOf } from './concurrency.ts';
import type { TaskOutcome } from './events.ts';
import { boundOf, type Bound, type SlotUse, type Waits } from './bound.ts';
import { createBoundWatch } from './bound-watch.ts';
import { createLaneState, type LaneState } from './lane-state.ts';
import { createLimiter, type Limiter } from './limiter.ts';
import type { Lane, ScheduleOptions } from './schedule.ts';
import type { Slots } from './slots.ts';
import type { Stops } from './stops.ts';
import { createWaitLedger, type WaitLedger } from './wait-ledger.ts';

/** What every part of one run shares. */
export interface RunContext {
  readonly options: ScheduleOptions;
  /** Requests in flight over all lanes. */
  readonly slots: Slots;
  readonly stops: Stops;
  /** Keeps an outcome. Never rejects: once one cannot be kept, the run is cut and the rest is let go. */
  readonly settle: (outcome: TaskOutcome) => Promise<void>;
  readonly countRefusal: () => void;
  /** A task has no answer because its lane stopped. */
  readonly countMissed: (why: Failure) => void;
  /** To be called after an answer: tells now and then what holds each lane up. */
  readonly lookWhatBinds: () => void;
  readonly laneOf: (model: ModelName) => LaneRun | undefined;
  /** Nothing more can succeed in this lane. */
  readonly stopLane: (lane: LaneRun, failure: Failure) => void;
  /** Nothing more can succeed in any lane of this one's provider. */
  readonly stopProvider: (lane: LaneRun, failure: Failure) => void;
}

/** A lane at work. */
export interface LaneRun {
  readonly lane: Lane;
  readonly state: LaneState;
  readonly limiter: Limiter;
  readonly ledger: WaitLedger;
  /** Counted where a task is sent and where it ends. */
  readonly slotUse: SlotUse;
  /** Aborted: the lane sends nothing more, for its own reasons or the run's. */
  readonly stopped: AbortSignal;
  /** Why, when the reason is the lane's own: a task that waits for its retry has then failed. */
  stoppedBy(): Failure | undefined;
  stop(failure: Failure): void;
  /** Whether the lane's first tasks all ended like this one, so that the others will too. */
  endsAlike(failure: Failure | undefined): boolean;
  /** To be called now and then: tells what has held the lane up since the last time. */
  lookWhatBinds(): void;
  /** What has held the lane up most since `sinceMs`, its beginning. */
  boundSince(sinceMs: number): Bound | undefined;
  /** Lets go of signals. */
  dispose(): void;
}

/** Ends that have to agree before they speak for the whole lane. */
const ENDS_THAT_AGREE = 3;

export function createLaneRun(
  lane: Lane,
  context: Pick<RunContext, 'options' | 'slots' | 'stops'>,
): LaneRun {
  const { clock, random, emit, maxConcurrent } = context.options;
  const { halt } = context.stops;
  const { countsCacheReads = true, countsMaxTokens = false, learned } = lane;
  const state = createLaneState(
    lane.limits,
    { countsCacheReads, countsMaxTokens },
    learned && { learned, nowMs: clock.now() },
  );
  const ledger = createWaitLedger(clock);
  const slotUse = { inFlightMs: 0, keepingMs: 0 };
  const controller = new AbortController();
  const onHalt = (): void => controller.abort(halt.reason);
  if (halt.aborted) onHalt();
  else halt.addEventListener('abort', onHalt, { once: true });
  let stoppedBy: Failure | undefined;
  let alike = 0;
  const boundBy = (waits: Waits): Bound | undefined =>
    boundOf(waits, { state, limits: lane.limits, maxConcurrent, slotUse });
  const watch = createBoundWatch({
    ledger,
    clock,
    boundOf: boundBy,
    tell: (bound) => emit({ type: 'lane_bound', lane: lane.name, bound: bound ?? null }),
  });

  return {
    lane,
    state,
    ledger,
    slotUse,
    limiter: createLimiter({
      state,
      slots: context.slots,
      ledger,
      clock,
      random,
      stop: controller.signal,
    }),
    stopped: controller.signal,
    stoppedBy: () => stoppedBy,
    stop(failure) {
      if (controller.signal.aborted) return;
      stoppedBy = failure;
      controller.abort(new Error(failure.message));
      emit({ type: 'lane_stopped', lane: lane.name, failure });
    },
    endsAlike(failure) {
      if (failure === undefined || !('reach' in failure) || failure.reach !== 'lane-if-first') {
        alike = -Infinity;
        return false;
      }
      alike += 1;
      return alike >= Math.min(ENDS_THAT_AGREE, concurrencyOf(state.window), maxConcurrent);
    },
    lookWhatBinds: () => watch.look(),
    boundSince: (sinceMs) =>
      boundBy({
        waitedMs: ledger.reading(),
        blockedMs: ledger.blockedMs(),
        overMs: clock.now() - sinceMs,
      }),
    dispose: () => halt.removeEventListener('abort', onHalt),
  };
}
