import { PER_MINUTE } from '../manifest/declared-limits.ts';
import type { Blocker } from '../pace/pace.ts';
import type { PauseCause } from '../pace/pace-state.ts';
import type { Clock } from '../ports/clock.ts';

/**
 * What a task can wait for. The first four are the names of limits. `needs`: the lane had room, but
 * could send nothing until the tasks that its tasks need had ended. This time counts only for the
 * task that is sent next, not for all tasks that wait for the same reason, so that together they
 * count no more than the lane's time.
 */
export const WAIT_REASONS = [
  'rpm',
  'tpm',
  'itpm',
  'otpm',
  'concurrency',
  'pause',
  'retry',
  'needs',
] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];
export type WaitedMs = Readonly<Partial<Record<WaitReason, number>>>;

/**
 * Measures why a lane sends nothing: a limit forbids it, or there is nothing to send. All tasks
 * that wait in the lane wait for the same reason, so a task's own share is the difference between
 * two readings.
 */
export interface WaitTimes {
  /** Sets what prevents the next request from being sent from now on; undefined if nothing does. */
  blockedBy(blocker: Blocker | undefined): void;
  /** Sets whether the lane has nothing to send from now on until what its tasks need has ended. */
  awaitsNeeds(isWaiting: boolean): void;
  /**
   * Sets whether the lane could take another request from now on. Only then does it wait for needs.
   */
  hasRoom(hasRoom: boolean): void;
  /** Milliseconds by reason since the start. */
  reading(): WaitedMs;
  /** Milliseconds by the exact limit, since the start. */
  blockedMs(): ReadonlyMap<Blocker, number>;
}

export function createWaitTimes(clock: Clock): WaitTimes {
  let totals: WaitedMs = {};
  const totalsBy = new Map<Blocker, number>();
  let blocked: Blocker | undefined;
  let isStarved = false;
  let isRoomy = true;
  let reason: WaitReason | undefined;
  let by: Blocker | undefined;
  let sinceMs = 0;

  function reading(): WaitedMs {
    const now = clock.now();
    if (reason !== undefined && now > sinceMs) {
      totals = addWaits(totals, { [reason]: now - sinceMs });
      if (by !== undefined) totalsBy.set(by, (totalsBy.get(by) ?? 0) + now - sinceMs);
    }
    sinceMs = now;
    return totals;
  }

  function changed(): void {
    const needs = isStarved && isRoomy ? 'needs' : undefined;
    const next = blocked === undefined ? needs : reasonOf(blocked);
    if (next === reason && blocked === by) return;
    reading();
    reason = next;
    by = blocked;
  }

  return {
    blockedBy(next) {
      blocked = next;
      changed();
    },
    awaitsNeeds(isWaiting) {
      isStarved = isWaiting;
      changed();
    },
    hasRoom(hasRoom) {
      isRoomy = hasRoom;
      changed();
    },
    reading,
    blockedMs() {
      reading();
      return new Map(totalsBy);
    },
  };
}

export function reasonOf(blocker: Blocker): WaitReason {
  if (typeof blocker === 'object') return PER_MINUTE[blocker.kind];
  return isPause(blocker) ? 'pause' : 'concurrency';
}

export function isPause(blocker: Blocker | undefined): blocker is PauseCause {
  return blocker === 'rate_limited' || blocker === 'overloaded';
}

/** The difference between two readings. */
export function waitsBetween(before: WaitedMs, after: WaitedMs): WaitedMs {
  if (before === after) return {};
  const waits: Partial<Record<WaitReason, number>> = {};
  for (const reason of WAIT_REASONS) {
    const addedMs = (after[reason] ?? 0) - (before[reason] ?? 0);
    if (addedMs > 0) waits[reason] = addedMs;
  }
  return waits;
}

export function addWaits(left: WaitedMs, right: WaitedMs): WaitedMs {
  const waits: Partial<Record<WaitReason, number>> = { ...left };
  for (const reason of WAIT_REASONS) {
    const more = right[reason];
    if (more !== undefined) waits[reason] = (waits[reason] ?? 0) + more;
  }
  return waits;
}

export function totalMs(waits: WaitedMs): number {
  return Object.values(waits).reduce((sum, waitMs) => sum + waitMs, 0);
}
