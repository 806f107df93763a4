import type { Room } from '../pace/pace.ts';
import { isBefore, type Member } from './replica.ts';

/**
 * How long to let each run that is ahead go first. The wait is longer if the other run has at least
 * two fewer requests in flight.
 */
const TURN_MS = { alike: 10, fewer: 30, longest: 40 };
/** How often a waiting run may announce that it is waiting. */
export const CALL_AGAIN_MS = 25;

/**
 * Lets runs that wait for the same slot take it in turn: those with the fewest requests in flight
 * first, then those that sent longest ago. `announce` tells the others that this run is waiting.
 */
export function createTurns(
  members: ReadonlyMap<string, Member>,
  self: string,
  announce: () => void,
) {
  let wasBlocked = false;
  let freeSinceMs: number | undefined;
  let announcedMs = -Infinity;

  function blocked(wait: Room, nowMs: number): Room {
    wasBlocked = true;
    const isKnown = members.get(self)?.isWaiting ?? true;
    if (members.size > 1 && !isKnown && nowMs - announcedMs >= CALL_AGAIN_MS) {
      announcedMs = nowMs;
      announce();
    }
    return wait;
  }

  function aheadMs(): number {
    const own = members.get(self);
    if (!own) return 0;
    let alikeMs = 0;
    let fewerMs = 0;
    for (const other of members.values()) {
      if (other === own || !other.isWaiting || !isBefore(other, own)) continue;
      if (other.inFlight < own.inFlight - 1) fewerMs += TURN_MS.fewer;
      else alikeMs += TURN_MS.alike;
    }
    return fewerMs + Math.min(alikeMs, TURN_MS.longest);
  }

  return {
    /** When this run may send, if the limits allow `room`. */
    roomInTurn(room: Room, nowMs: number): Room {
      if (room.kind === 'wait') {
        freeSinceMs = undefined;
        return blocked(room, nowMs);
      }
      // If room lasts, there is enough for every run; turns matter only for the last slot.
      freeSinceMs ??= nowMs;
      const turnMs = freeSinceMs + aheadMs();
      if (nowMs >= turnMs) return room;
      return blocked({ kind: 'wait', untilMs: turnMs, by: 'lane' }, nowMs);
    },
    /** Whether the next request had to wait. */
    wasBlocked: () => wasBlocked,
    /** Notes that the request is sent. */
    sent(): void {
      wasBlocked = false;
    },
  };
}
