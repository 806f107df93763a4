import type { Ceiling } from './ceiling.ts';
import { TICK_MS, type ServerPlan, type ServerReport } from './server-plan.ts';

/**
 * Counts what the server did, and compares it with what it would have done for a perfect client.
 */
export interface Meter {
  count(what: 'accepted' | 'refused', nowMs: number): void;
  /** Records the levels of the buckets. Call it at every moment of `moments`. */
  mark(nowMs: number): void;
  report(): ServerReport;
}

interface Mark {
  readonly atMs: number;
  readonly levels: readonly number[];
  readonly granted: readonly number[];
  readonly flightMs: number;
}

/** The moments between which shares are measured, in order. */
export function moments(plan: ServerPlan): readonly number[] {
  return [0, plan.steadyFromMs, plan.settledFromMs ?? plan.steadyFromMs, plan.windowMs];
}

export function createMeter(plan: ServerPlan, ceiling: Ceiling): Meter {
  const ticks = Math.ceil(plan.windowMs / TICK_MS);
  const counts = {
    accepted: zeros(ticks),
    refused: zeros(ticks),
  };
  const marks: Mark[] = [];
  let highestInFlight = 0;

  function shareSince(start: Mark | undefined): number {
    const end = marks.at(-1);
    if (!start || !end) return 0;
    const spanMs = end.atMs - start.atMs;
    const ofBuckets = plan.buckets.map(({ perSecond, burstSeconds }, index) => {
      const granted = (end.granted[index] ?? 0) - (start.granted[index] ?? 0);
      const inflow = (perSecond * fullRateMs(plan, start.atMs, end.atMs)) / 1_000;
      const afterOutage = outageWithin(plan, start.atMs) ? perSecond * burstSeconds : 0;
      return granted / (Math.max(0, start.levels[index] ?? 0) + inflow + afterOutage);
    });
    const ofPlaces =
      plan.concurrency === undefined
        ? 0
        : (end.flightMs - start.flightMs) / (plan.concurrency * spanMs);
    return Math.max(0, ...ofBuckets, ofPlaces);
  }

  return {
    count(what, nowMs) {
      const tick = Math.floor(nowMs / TICK_MS);
      if (tick < ticks) counts[what][tick] = (counts[what][tick] ?? 0) + 1;
      highestInFlight = Math.max(highestInFlight, ceiling.inFlight());
    },
    mark(nowMs) {
      ceiling.tick(nowMs);
      marks.push({
        atMs: nowMs,
        levels: ceiling.buckets.map((bucket) => bucket.level(nowMs)),
        granted: ceiling.buckets.map((bucket) => bucket.granted()),
        flightMs: ceiling.flightMs(nowMs),
      });
    },
    report: () => ({
      ...counts,
      share: {
        run: shareSince(marks[0]),
        steady: shareSince(marks[1]),
        settled: plan.settledFromMs === undefined ? undefined : shareSince(marks[2]),
      },
      highestInFlight,
    }),
  };
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

/**
 * Milliseconds between two moments during which the buckets can be used. Times at half the rate
 * count half.
 */
function fullRateMs({ change, outage }: ServerPlan, fromMs: number, untilMs: number): number {
  let ms = untilMs - fromMs;
  if (change) ms -= overlap(fromMs, untilMs, change.atMs, Infinity) * (1 - change.factor);
  if (outage) ms -= overlap(fromMs, untilMs, outage.fromMs, outage.untilMs);
  return ms;
}

/** After an outage, a bucket is full again, which a perfect client would use. */
function outageWithin({ outage }: ServerPlan, fromMs: number): boolean {
  return outage !== undefined && fromMs < outage.untilMs;
}

function overlap(fromMs: number, untilMs: number, otherFromMs: number, otherUntilMs: number) {
  return Math.max(0, Math.min(untilMs, otherUntilMs) - Math.max(fromMs, otherFromMs));
}
