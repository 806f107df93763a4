import type { Concurrency as DeclaredConcurrency } from '../manifest/manifest.ts';
import {
  FAST_START,
  FIRST_HOLD_MS,
  GROWTH_PER_ROUND,
  HOLD_PER_PAUSE,
  LONGEST_HOLD_MS,
  SLOW_START,
  START_CONCURRENCY,
} from './tuning.ts';

const NO_CEILING = {
  /** The concurrency that was last refused. */
  ceiling: undefined as number | undefined,
  /** How long the number stays below the ceiling; longer after each failed try to exceed it. */
  holdMs: FIRST_HOLD_MS,
  /** Nothing grows before this time. */
  growsFromMs: -Infinity,
  /** The end of the latest cut's pause, and how many cuts there were in a row. */
  cutMs: -Infinity,
  cutsInARow: 0,
};

export type Concurrency = ReturnType<typeof createConcurrency>;
export type ConcurrencyStart = Partial<Readonly<Pick<Concurrency, 'size' | 'threshold'>>>;

/**
 * How many requests may be in flight at once, as found so far. Changed in place. `learned`: the
 * start from an earlier run, better than a guess but possibly out of date.
 *
 * Example: the number starts at 8 and grows with every success. At 41, a request is refused, so the
 * ceiling is 41 and the lane continues at 40. After 2 s without a refusal, the number grows by 4
 * per round. 42 is refused immediately, so the lane waits for 4 s before it tries again.
 */
export function createConcurrency(
  declared: DeclaredConcurrency | undefined,
  learned: { readonly size?: number; readonly threshold?: number } = {},
) {
  const max = Math.max(1, Math.floor(declared?.max ?? Infinity));
  const wanted = declared?.start ?? learned.size ?? START_CONCURRENCY;
  const start = Math.max(1, Math.floor(Math.min(max, wanted)));
  return {
    ...NO_CEILING,
    /** A fraction counts as progress towards the next whole one. */
    size: start,
    start,
    max,
    /** Slow-start threshold. Below it, the number grows with every success; above it, per round. */
    threshold: learned.threshold ?? Infinity,
  };
}

/** Whole requests that may be in flight at once now. */
export function slotsOf({ size }: Concurrency): number {
  return Math.floor(size);
}

/** Grows after a success with all slots in use. `isFast`: limits are announced, or none was met. */
export function grow(
  concurrency: Concurrency,
  { isFast, nowMs }: { readonly isFast: boolean; readonly nowMs: number },
): void {
  if (nowMs < concurrency.growsFromMs) return;
  const { ceiling, max } = concurrency;
  // The number grew past the ceiling, so the ceiling no longer exists.
  if (ceiling !== undefined && concurrency.size > ceiling * 1.05 + 1) forgetCeiling(concurrency);
  const { size, threshold } = concurrency;
  const quick = isFast ? FAST_START : SLOW_START;
  const step = size < threshold ? quick : Math.min(1, GROWTH_PER_ROUND / size);
  concurrency.size = Math.min(size + step, max);
}

export function holdGrowth(concurrency: Concurrency, untilMs: number): void {
  concurrency.growsFromMs = Math.max(concurrency.growsFromMs, untilMs);
}

/**
 * Called if the load rises too quickly for the server: the number stays the same for a while, then
 * grows by a few per round.
 */
export function growSlower(concurrency: Concurrency, untilMs: number): void {
  holdGrowth(concurrency, untilMs);
  concurrency.threshold = Math.min(concurrency.threshold, concurrency.size);
}

/**
 * Called if the server accepts fewer than `inFlight` requests at once. `pauseMs`: how long the
 * refusal stops the lane.
 */
export function hitCeiling(
  concurrency: Concurrency,
  inFlight: number,
  { pauseMs, nowMs }: { readonly pauseMs: number; readonly nowMs: number },
): void {
  const { ceiling, holdMs } = concurrency;
  concurrency.cutsInARow = cutsInARow(concurrency, nowMs) + 1;
  concurrency.cutMs = nowMs + pauseMs;
  const isKnown =
    concurrency.cutsInARow === 1 && ceiling !== undefined && inFlight >= ceiling * 0.95 - 1;
  // If a try may cost a pause, tries are so rare that pauses take up about a twentieth of the time.
  const leastMs = Math.max(FIRST_HOLD_MS, HOLD_PER_PAUSE * pauseMs);
  concurrency.holdMs = Math.max(leastMs, isKnown ? Math.min(LONGEST_HOLD_MS, 2 * holdMs) : 0);
  // Each further cut in a row removes twice as many slots.
  const less = 2 ** (concurrency.cutsInARow - 1);
  concurrency.size = Math.max(1, Math.min(concurrency.size, inFlight - less));
  concurrency.ceiling = inFlight;
  concurrency.threshold = concurrency.size;
  concurrency.growsFromMs = nowMs + pauseMs + concurrency.holdMs;
}

/** Handles another refusal in the same burst: one fewer is in flight. */
export function lowerCeiling(concurrency: Concurrency, inFlight: number): void {
  const { ceiling } = concurrency;
  if (ceiling === undefined || inFlight >= ceiling) return;
  concurrency.ceiling = inFlight;
  concurrency.size = Math.max(1, Math.min(concurrency.size, inFlight - 1));
  concurrency.threshold = concurrency.size;
}

/** How many cuts came within a second of each other so far: the earlier ones did not help. */
export function cutsInARow(concurrency: Concurrency, nowMs: number): number {
  return nowMs - concurrency.cutMs < 1_000 ? concurrency.cutsInARow : 0;
}

/** Forgets the ceiling, because the refusals had another cause. */
export function forgetCeiling(concurrency: Concurrency): void {
  Object.assign(concurrency, { ...NO_CEILING, threshold: Infinity });
}
