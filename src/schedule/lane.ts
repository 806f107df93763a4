import type { Failure, FailureCode } from '../errors/failure.ts';
import { slotsOf } from '../pace/concurrency.ts';
import { createPace } from '../pace/pace.ts';
import { createLanePrefixes } from '../prefix/lane-prefixes.ts';
import type { AttemptFailure } from '../providers/provider.ts';
import type { LaneConfig, LaneWorker, RunContext } from './context.ts';
import type { Bound } from './events.ts';
import { boundOf, boundSinceLast, type Waits } from './lane-bound.ts';
import { createLaneLimiter } from './lane-limiter.ts';
import type { RunSlots } from './run-slots.ts';
import { onAbort } from './run-stop.ts';
import { createWaitTimes } from './time-waited.ts';

/** Ends that have to agree before they speak for the whole lane. */
const ENDS_THAT_AGREE = 3;

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
      firstEnds.agree(
        failure,
        Math.min(ENDS_THAT_AGREE, slotsOf(pace.state.concurrency), maxConcurrent),
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

/** How the first tasks of a lane ended, as far as it may speak for the others. */
interface FirstEnds {
  /** Enters how a task ended; undefined is a success. True once the first `needed` all ended alike. */
  agree(failure: Failure | AttemptFailure | undefined, needed: number): boolean;
}

/** Failures that may lie with the model, the address or the settings as well as with one task. */
const MAY_BE_THE_LANES: ReadonlySet<FailureCode> = new Set([
  'FORBIDDEN',
  'NOT_FOUND',
  'NETWORK',
  'BAD_RESPONSE',
  'BAD_REQUEST',
]);

export function createFirstEnds(): FirstEnds {
  let count = 0;
  /** What the first one met; undefined once another met something else. */
  let common: string | undefined;
  return {
    agree(failure, needed) {
      const kind = failure && kindOf(failure);
      if (count === 0) common = kind;
      count += 1;
      if (kind !== common) common = undefined;
      return common !== undefined && count >= needed;
    },
  };
}

/** A refused request is the lane's only where it is always the same part that is refused. */
function kindOf(failure: Failure | AttemptFailure): string | undefined {
  const { code } = failure;
  if (!MAY_BE_THE_LANES.has(code)) return undefined;
  if (code !== 'BAD_REQUEST') return code;
  const parameter = 'parameter' in failure ? failure.parameter : undefined;
  return parameter && `${code} ${parameter}`;
}
