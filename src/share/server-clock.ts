/**
 * The server's clock, as this process reads it. What comes from the server is never early, so the
 * smallest difference is the truest.
 */
export interface ServerClock {
  /** The server said that it is this late, a moment ago. */
  noteNow(serverMs: number): void;
  localMs(serverMs: number): number;
  serverMs(localMs: number): number;
}

/** Of an error upwards, what is corrected each time: clocks drift apart slowly. */
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
