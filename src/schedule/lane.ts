import type { Failure } from '../errors/failure.ts';
import { slotsOf } from '../pace/concurrency.ts';
import { createPace } from '../pace/pace.ts';
import { createLanePrefixes } from '../prefix/lane-prefixes.ts';
import type { LaneConfig, LaneWorker, RunContext } from './context.ts';
import type { Bound } from '../outcome/lane-bound.ts';
import { boundOf, boundSinceLast, type Waits } from '../outcome/lane-bound.ts';
import { createLaneLimiter } from './lane-limiter.ts';
import type { RunSlots } from './run-slots.ts';
import { onAbort } from './run-stop.ts';
import { createFirstEnds, MOST_ALIKE } from './stop-after-alike.ts';
import { createWaitTimes } from '../outcome/time-waited.ts';

export function createLane(
  config: LaneConfig,
  { options, stops, slots }: Pick<RunContext, 'options' | 'stops'> & { readonly slots: RunSlots },
): LaneWorker {
  const { clock, random, emit, maxConcurrent, makePace = createPace } = options;
  const { halt } = stops;
  const { limits, countsCacheReads = true, countsMaxTokens = false, learned } = config;
  const policy = { countsCacheReads, countsMaxTokens };
  const own = makePace({ limits, policy, learned, nowMs: clock.now() });
  const share = config.share?.(own);
  const pace = share?.pace ?? own;
  const waits = createWaitTimes(clock);
  const slotUse = { inFlightMs: 0, keepingMs: 0 };
  const controller = new AbortController();
  const forgetHalt = onAbort(halt, () => controller.abort(halt.reason));
  let stoppedBy: Failure | undefined;
  const firstEnds = createFirstEnds();
  const boundBy = (over: Waits): Bound | undefined =>
    boundOf(over, { state: pace.state, limits, maxConcurrent, slotUse });
  const newBound = boundSinceLast(waits, clock, boundBy);
  let wasBound = false;

  return {
    config,
    pace,
    waits,
    slotUse,
    flex: { isUnknown: false },
    prefixes: config.caching && createLanePrefixes(config.caching, clock),
    limiter: createLaneLimiter({
      pace,
      share,
      slots,
      waits,
      clock,
      random,
      stop: controller.signal,
      onError: (error) => stops.fail(error, { cutting: true }),
    }),
    stopped: controller.signal,
    stoppedBy: () => stoppedBy,
    stop(failure) {
      if (controller.signal.aborted) return;
      stoppedBy = failure;
      controller.abort(new Error(failure.message));
      emit({ type: 'lane_stopped', lane: config.name, failure });
    },
    firstFailuresAgree: (failure) =>
      firstEnds.areAlike(
        failure,
        Math.min(MOST_ALIKE, slotsOf(pace.state.concurrency), maxConcurrent),
      ),
    reportBound() {
      const bound = newBound();
      if (bound || wasBound) emit({ type: 'lane_bound', lane: config.name, bound: bound ?? null });
      wasBound = bound !== undefined;
    },
    boundSince: (sinceMs) =>
      boundBy({
        waitedMs: waits.reading(),
        blockedMs: waits.blockedMs(),
        overMs: clock.now() - sinceMs,
      }),
    dispose() {
      forgetHalt();
      share?.leave();
    },
  };
}
