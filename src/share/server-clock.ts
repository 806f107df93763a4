/**
 * The server's clock, as seen by this process. Messages from the server may be late but never
 * early, so the smallest difference is the most accurate.
 */
export interface ServerClock {
  /** Notes that the server reported this time a moment ago. */
  noteNow(serverMs: number): void;
  localMs(serverMs: number): number;
  serverMs(localMs: number): number;
}

/**
 * The fraction of a larger difference that is corrected each time, because clocks drift apart
 * slowly.
 */
const DRIFT_SHARE = 0.02;

export function createServerClock(now: () => number): ServerClock {
  let aheadMs: number | undefined;
  function note(serverMs: number): number {
    const seenMs = now() - serverMs;
    aheadMs = aheadMs === undefined ? seenMs : aheadMs + (seenMs - aheadMs) * DRIFT_SHARE;
    aheadMs = Math.min(aheadMs, seenMs);
    return aheadMs;
  }
  return {
    noteNow: (serverMs) => void note(serverMs),
    localMs: (serverMs) => serverMs + (aheadMs ?? note(serverMs)),
    serverMs: (localMs) => localMs - (aheadMs ?? 0),
  };
}
