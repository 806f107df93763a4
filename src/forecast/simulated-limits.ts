import { LIMIT_NAMES, LIMITS, type LimitKind } from '../manifest/declared-limits.ts';
import { weightIn, type Load } from '../pace/tokens-per-limit.ts';
import type { Limits } from '../manifest/manifest.ts';

/** The server's side of declared limits: refuses requests beyond them. */
export interface SimulatedLimits {
  /** Undefined if admitted, otherwise the milliseconds to wait. */
  refuse(load: Load, nowMs: number): number | undefined;
  released(): void;
}

/** Enforces each limit over its exact span, and the declared maximum concurrency. */
export function createSimulatedLimits(limits: Limits): SimulatedLimits {
  const windows = LIMIT_NAMES.flatMap((name): Window[] => {
    const amount = limits[name];
    if (amount === undefined) return [];
    const { kind, spanMs } = LIMITS[name];
    // Half a request per second is one every two seconds.
    const stretch = Math.max(1, 1 / amount);
    return [{ amount: amount * stretch, spanMs: spanMs * stretch, kind, entries: [], sum: 0 }];
  });
  const most = limits.concurrency?.max ?? Infinity;
  let inFlight = 0;

  return {
    refuse(load, nowMs) {
      if (inFlight >= most) return BUSY_MS;
      const waitsMs = windows.map((window) => waitMs(window, weightIn(window.kind, load), nowMs));
      const longestMs = Math.max(0, ...waitsMs);
      if (longestMs > 0) return longestMs;
      for (const window of windows) {
        window.entries.push({ atMs: nowMs, weight: weightIn(window.kind, load) });
        window.sum += weightIn(window.kind, load);
      }
      inFlight += 1;
      return undefined;
    },
    released() {
      inFlight -= 1;
    },
  };
}

/** The wait that a busy server asks for. */
const BUSY_MS = 1_000;

interface Window {
  readonly amount: number;
  readonly spanMs: number;
  readonly kind: LimitKind;
  entries: Array<{ readonly atMs: number; readonly weight: number }>;
  sum: number;
}

/** As with real providers, a window with any room left accepts a request of any size. */
function waitMs(window: Window, weight: number, nowMs: number): number {
  const gone = window.entries.findIndex(({ atMs }) => atMs > nowMs - window.spanMs);
  const left = gone === -1 ? window.entries.length : gone;
  for (const entry of window.entries.splice(0, left)) window.sum -= entry.weight;
  let over = window.sum + Math.min(weight, window.amount) - window.amount;
  let atMs = nowMs;
  for (const entry of window.entries) {
    if (over <= 0) break;
    over -= entry.weight;
    atMs = entry.atMs + window.spanMs;
  }
  return atMs - nowMs;
}
