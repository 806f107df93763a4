import { createRunContext, type ScheduleOptions } from './run-context.ts';
import type { ScheduleTotals } from '../outcome/schedule-events.ts';
import { learnedFrom } from '../outcome/learned-limits.ts';
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
  const context = createRunContext(options, stops, lanes);

  try {
    await Promise.all(
      lanes.map((lane) =>
        workLane(lane, context).catch((error: unknown) => stops.fail(error, { cutting: true })),
      ),
    );
  } finally {
    context.bounds.stop();
    stops.dispose();
    for (const { config, pace, prefixes, dispose } of lanes) {
      dispose();
      options.learned?.(config.name, learnedFrom(pace.state, prefixes?.totals.restMs));
    }
  }
  const error = stops.error();
  const firstUnsent = context.firstUnsent();
  if (error) throw error.thrown;
  return {
    rateLimited: context.counts.rateLimited,
    highestConcurrency: slots.highest(),
    waitedMs: new Map(lanes.map(({ config, waits }) => [config.name, waits.reading()])),
    boundBy: context.bounds.most(),
    caching: lanes.flatMap(({ config, prefixes }) =>
      prefixes ? [{ lane: config.name, ...prefixes.totals }] : [],
    ),
    stoppedBy: stops.reason() ?? (firstUnsent && { kind: 'provider', failure: firstUnsent }),
  };
}
