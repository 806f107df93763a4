import type { Concurrency } from '../manifest/manifest.ts';

/** How many requests may be in flight at once, as found so far. Changed in place. */
export interface ConcurrencyWindow {
  /** A fraction counts as progress towards the next whole one. */
  size: number;
  readonly start: number;
  readonly max: number;
  /** Up to here it grows by every success, beyond it by a few a turn. */
  threshold: number;
  /** The number at once that was refused last. */
  wall: number | undefined;
  /** How long it stays below the wall before it tries again; longer each time it fails. */
  holdMs: number;
  /** Nothing grows before this time. */
  growsFromMs: number;
  /** The latest cut, and how many came in a row with hardly any time between them. */
  cuts: { readonly atMs: number; readonly inARow: number };
}

/** Whole requests that may be in flight at once now. */
export function concurrencyOf({ size }: ConcurrencyWindow): number {
  return Math.floor(size);
}

export type WindowStart = Pick<ConcurrencyWindow, 'size' | 'threshold'>;

/** Where nothing is declared. */
export const DEFAULT_START = 8;

const FIRST_HOLD_MS = 4_000;
const MAX_HOLD_MS = 60_000;
/** A try that costs a pause is made so seldom that all of them cost about a twentieth of the time. */
const HOLD_PER_PAUSE = 20;

/** A cut this soon after another says that the other was too small. */
const IN_A_ROW_MS = 1_000;

/** Added by a success in slow start; more where announced limits say how far it may go. */
const SLOW_START = 1;
const FAST_START = 3;

/** Added by a whole turn of the window later on. */
const PER_TURN = 4;

/** `learned`: from what was found another time, a better start than a guess but no truth. */
export function createWindow(
  declared: Concurrency | undefined,
  learned: WindowStart | undefined,
): ConcurrencyWindow {
  const max = Math.max(1, Math.floor(declared?.max ?? Infinity));
  const wanted = declared?.start ?? learned?.size ?? DEFAULT_START;
  const start = Math.max(1, Math.floor(Math.min(max, wanted)));
  return {
    size: start,
    start,
    max,
    threshold: learned?.threshold ?? Infinity,
    wall: undefined,
    holdMs: FIRST_HOLD_MS,
    growsFromMs: -Infinity,
    cuts: { atMs: -Infinity, inARow: 0 },
  };
}

/** After a success while the window was used up. */
export function grow(
  window: ConcurrencyWindow,
  { isAnnounced, nowMs }: { readonly isAnnounced: boolean; readonly nowMs: number },
): void {
  if (nowMs < window.growsFromMs) return;
  // Past the wall: there is none any more.
  if (window.wall !== undefined && window.size > window.wall * 1.05 + 1) forgetWall(window);
  const isSlowStart = window.size < window.threshold;
  const step = isSlowStart
    ? isAnnounced
      ? FAST_START
      : SLOW_START
    : Math.min(SLOW_START, PER_TURN / window.size);
  window.size = Math.min(window.size + step, window.max);
}

/** No growth for a while. */
export function holdGrowth(window: ConcurrencyWindow, untilMs: number): void {
  window.growsFromMs = Math.max(window.growsFromMs, untilMs);
}

/**
 * The server takes fewer than `inFlight` at once. `pauseMs` is how long the refusal keeps the lane
 * from sending.
 */
export function meetWall(
  window: ConcurrencyWindow,
  inFlight: number,
  { pauseMs, nowMs }: { readonly pauseMs: number; readonly nowMs: number },
): void {
  const { cuts, wall } = window;
  const inARow = nowMs - cuts.atMs < IN_A_ROW_MS ? cuts.inARow + 1 : 1;
  const isKnown = inARow === 1 && wall !== undefined && inFlight >= wall * 0.95 - 1;
  const leastMs = Math.max(FIRST_HOLD_MS, HOLD_PER_PAUSE * pauseMs);
  window.holdMs = Math.max(leastMs, isKnown ? Math.min(MAX_HOLD_MS, 2 * window.holdMs) : 0);
  window.size = Math.max(1, Math.min(window.size, inFlight - 2 ** (inARow - 1)));
  window.wall = inFlight;
  window.threshold = window.size;
  window.growsFromMs = nowMs + pauseMs + window.holdMs;
  window.cuts = { atMs: nowMs + pauseMs, inARow };
}

/**
 * Another refusal of the same burst: its lowest marks the wall. One at far fewer overtook others on
 * the way, or shows that this was no wall.
 */
export function lowerWall(window: ConcurrencyWindow, inFlight: number): void {
  const { wall } = window;
  if (wall === undefined || inFlight >= wall || inFlight < wall / 2) return;
  window.wall = inFlight;
  window.size = Math.max(1, Math.min(window.size, inFlight - 1));
  window.threshold = window.size;
}

/** Refusals turned out to be for something else. */
export function forgetWall(window: ConcurrencyWindow): void {
  window.wall = undefined;
  window.holdMs = FIRST_HOLD_MS;
  window.threshold = Infinity;
  window.growsFromMs = -Infinity;
  window.cuts = { atMs: -Infinity, inARow: 0 };
}
