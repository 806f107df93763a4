/**
 * A rate that a server was found to take: it starts a little below what failed, lingers there, and
 * rises faster the longer nothing fails (the cubic curve that TCP CUBIC uses for its window).
 */
export interface RateCurve {
  /** Per millisecond: the rate at which it failed. */
  readonly reference: number;
  readonly sinceMs: number;
  /** When it is back at its reference, after `sinceMs`. */
  readonly plateauMs: number;
}

/** How far below the reference a curve starts. */
const DROP = 0.03;

/** A curve is at its reference after this long, or after as long as a hundred requests take. */
const MIN_PLATEAU_MS = 10_000;
const PLATEAU_REQUESTS = 100;

/** However little it is trusted. */
const LEAST_TRUST = 0.05;

/** `trust`: from 0 to 1; a reference that is little more than a guess is left sooner. */
export function createCurve(reference: number, trust: number, nowMs: number): RateCurve {
  const plateauMs =
    Math.max(LEAST_TRUST, trust) * Math.max(MIN_PLATEAU_MS, PLATEAU_REQUESTS / reference);
  return { reference, sinceMs: nowMs, plateauMs };
}

/** Per millisecond, at `nowMs`. */
export function rateOf({ reference, sinceMs, plateauMs }: RateCurve, nowMs: number): number {
  const along = Math.max(0, nowMs - sinceMs) / plateauMs - 1;
  return reference * (1 + DROP * along ** 3);
}
