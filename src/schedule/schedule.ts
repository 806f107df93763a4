import type { Failure } from '../errors/failure.ts';
import type { Learned } from '../pace/learned.ts';
import type { Clock } from '../ports/clock.ts';
import type { LaneWorker, RunContext, ScheduleOptions } from './context.ts';
import type { LaneBound, ScheduleTotals } from '../outcome/events.ts';
import { byWeight } from '../outcome/lane-bound.ts';
import { createLane, workLane } from './lane.ts';
import { createRunSlots } from './run-slots.ts';
import { createStopSignals } from './run-stop.ts';

/**
 * Runs every lane, each at its own pace, and returns the totals when nothing is in flight: each
 * task that was started has ended once, and its outcome was saved. Rejects, once nothing is in
 * flight, with the error of `settle`, of a lane's tasks or of a provider.
 */
export async function runSchedule(options: ScheduleOptions): Promise<ScheduleTotals> {
  const stops = createStopSignals(options);
  const slots = createRunSlots(() => options.maxConcurrent);
  const lanes = options.lanes.map((config) => createLane(config, { options, slots, stops }));
  const boundCheck = everyFewSeconds(options.clock, () => {
    for (const lane of lanes) lane.bounds.report();
  });
  const counts = { rateLimited: 0 };
  let firstUnsent: Failure | undefined;
  let canKeep = true;

  const context: RunContext = {
    options,
    stops,
    async settle(outcome) {
      if (!canKeep) return;
      try {
        await options.settle(outcome);
      } catch (error) {
        canKeep = false;
        stops.fail(error, { cutting: true });
      }
    },
    async settleWarmUp(warmedUp) {
      try {
        await options.settleWarmUp?.(warmedUp);
      } catch (error) {
        // Answers to requests in flight can still be saved.
        stops.fail(error, { cutting: false });
      }
    },
    countRefusal() {
      counts.rateLimited += 1;
    },
    noteUnsent(failure) {
      firstUnsent ??= failure;
    },
    reportBounds: () => boundCheck.answered(),
    laneOf: ({ provider, model }) =>
      lanes.find(({ config }) => config.name === `${provider}/${model}`),
    stopProvider({ config: { provider } }, failure) {
      for (const lane of lanes) if (lane.config.provider.name === provider.name) lane.stop(failure);
    },
  };

  try {
    await Promise.all(
      lanes.map((lane) =>
        workLane(lane, context).catch((error: unknown) => stops.fail(error, { cutting: true })),
      ),
    );
  } finally {
    boundCheck.stop();
    stops.dispose();
    for (const lane of lanes) {
      lane.dispose();
      options.learned?.(lane.config.name, learnedIn(lane));
    }
  }
  const error = stops.error();
  if (error) throw error.thrown;
  return {
    rateLimited: counts.rateLimited,
    highestConcurrency: slots.highest(),
    waitedMs: new Map(lanes.map(({ config, waits }) => [config.name, waits.reading()])),
    boundBy: mostBound(lanes),
    caching: lanes.flatMap(({ config, prefixes }) =>
      prefixes ? [{ lane: config.name, ...prefixes.totals }] : [],
    ),
    stoppedBy: stops.reason() ?? (firstUnsent && { kind: 'provider', failure: firstUnsent }),
  };
}

function learnedIn({ pace, prefixes }: LaneWorker): Learned {
  const learned = pace.learned();
  const { restMs = 0 } = prefixes?.totals ?? {};
  return restMs === 0 ? learned : { ...learned, found: { ...learned.found, cacheRestMs: restMs } };
}

function mostBound(lanes: readonly LaneWorker[]): LaneBound | undefined {
  const bounds = lanes.flatMap(({ config, bounds: watch }) => {
    const bound = watch.sinceStart();
    return bound ? [{ lane: config.name, ...bound }] : [];
  });
  return bounds.toSorted(byWeight)[0];
}

const LOOK_EVERY_MS = 5_000;

/**
 * Ten minutes of checks. A simulated clock jumps to the next timer, so a run that hangs would
 * otherwise never end.
 */
const MOST_WITHOUT_ANSWER = 120;

/** Checks every few seconds, as long as there are answers. */
function everyFewSeconds(clock: Clock, check: () => void) {
  let withoutAnswer = 0;
  let cancel: (() => void) | undefined;

  function checkLater(): void {
    cancel = clock.after(LOOK_EVERY_MS, () => {
      cancel = undefined;
      withoutAnswer += 1;
      check();
      if (withoutAnswer < MOST_WITHOUT_ANSWER) checkLater();
    });
  }

  checkLater();
  return {
    answered(): void {
      withoutAnswer = 0;
      if (!cancel) checkLater();
    },
    stop: () => cancel?.(),
  };
}
