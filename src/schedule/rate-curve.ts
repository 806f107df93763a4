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

/** Long enough to have seen whether the server takes the reference. */
export const PLATEAU_MS = 10_000;

/** How far below the reference a curve starts. */
const DROP = 0.03;

/** Per millisecond, at `nowMs`. */
export function rateOf({ reference, sinceMs, plateauMs }: RateCurve, nowMs: number): number {
  const along = Math.max(0, nowMs - sinceMs) / plateauMs - 1;
  return reference * (1 + DROP * along ** 3);
}
