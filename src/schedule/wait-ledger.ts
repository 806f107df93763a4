import type { Clock } from '../ports/clock.ts';
import type { WaitedMs, WaitReason } from './events.ts';

/**
 * Where a lane's time goes while its gate is shut. Whoever waits in the lane waits for the same
 * reason, so a task's own share is the difference between two readings.
 */
export interface WaitLedger {
  /** What the gate waits for from now on; undefined when it is open. */
  blockedBy(reason: WaitReason | undefined): void;
  /** Milliseconds by reason since the start. */
  reading(): WaitedMs;
}

export function createWaitLedger(clock: Clock): WaitLedger {
  let totals: WaitedMs = {};
  let reason: WaitReason | undefined;
  let sinceMs = 0;

  function reading(): WaitedMs {
    const now = clock.now();
    if (reason !== undefined && now > sinceMs) {
      totals = addWaits(totals, { [reason]: now - sinceMs });
    }
    sinceMs = now;
    return totals;
  }

  return {
    blockedBy(next) {
      if (next === reason) return;
      reading();
      reason = next;
    },
    reading,
  };
}

/** What was added between two readings. */
export function waitsBetween(before: WaitedMs, after: WaitedMs): WaitedMs {
  if (before === after) return {};
  const waits: Partial<Record<WaitReason, number>> = {};
  for (const reason of REASONS) {
    const addedMs = (after[reason] ?? 0) - (before[reason] ?? 0);
    if (addedMs > 0) waits[reason] = addedMs;
  }
  return waits;
}

export function addWaits(left: WaitedMs, right: WaitedMs): WaitedMs {
  const waits: Partial<Record<WaitReason, number>> = { ...left };
  for (const reason of REASONS) {
    const more = right[reason];
    if (more !== undefined) waits[reason] = (waits[reason] ?? 0) + more;
  }
  return waits;
}

const REASONS: readonly WaitReason[] = [
  'rpm',
  'tpm',
  'itpm',
  'otpm',
  'concurrency',
  'pause',
  'retry',
];
