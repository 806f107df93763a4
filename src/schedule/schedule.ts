import type { Failure } from '../errors/failure.ts';
import type { RunContext, ScheduleOptions } from './context.ts';
import type { ScheduleTotals } from '../outcome/events.ts';
import { mostBound, reportEveryFewSeconds } from '../outcome/bound-watch.ts';
import { learnedFrom } from '../outcome/learned.ts';
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
  const watches = lanes.map(({ bounds }) => bounds);
  const reports = reportEveryFewSeconds(watches, options.clock);
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
    reportBounds: () => reports.answered(),
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
    reports.stop();
    stops.dispose();
    for (const lane of lanes) {
      lane.dispose();
      options.learned?.(
        lane.config.name,
        learnedFrom(lane.pace.state, lane.prefixes?.totals.restMs),
      );
    }
  }
  const error = stops.error();
  if (error) throw error.thrown;
  return {
    rateLimited: counts.rateLimited,
    highestConcurrency: slots.highest(),
    waitedMs: new Map(lanes.map(({ config, waits }) => [config.name, waits.reading()])),
    boundBy: mostBound(watches),
    caching: lanes.flatMap(({ config, prefixes }) =>
      prefixes ? [{ lane: config.name, ...prefixes.totals }] : [],
    ),
    stoppedBy: stops.reason() ?? (firstUnsent && { kind: 'provider', failure: firstUnsent }),
  };
}
