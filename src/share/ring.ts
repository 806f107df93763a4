import type { Load } from '../pace/load.ts';
import type { Room } from '../pace/pace.ts';
import { slotsOfEach, type Replica } from './replica.ts';

/**
 * Keeps a run to its part while it does not hear of others. They are taken to send as it does, in
 * turns: each run goes round the same ring, enters the others' requests where there is room for them,
 * and sends its own when its turn has come. So all together stay within limits that all know, even
 * where there is room for fewer than one request each.
 *
 * Example: three runs, 60 requests per minute. Each enters two requests of the others between two of
 * its own, and so sends 20 per minute.
 */
export interface Ring {
  /** Undefined while all others are heard of. */
  room(load: Load, nowMs: number): Room | undefined;
  /** The run sent a request of its own. */
  sent(): void;
  /** Nobody is heard of any more. */
  lost(nowMs: number): void;
  /** The store is back: those that are not there yet are waited for. */
  expect(present: readonly string[], untilMs: number): void;
  heard(name: string): void;
  /** Those that were waited for in vain are gone. */
  forget(nowMs: number): void;
}

/** Times the mean duration of a request after which one that is not heard of has surely ended. */
const SURELY_ENDED = 3;
const DURATION_MS = { unknown: 1_000, longest: 30_000 };

export function createRing(replica: Replica, self: string): Ring {
  const { pace, members } = replica;
  const { state } = pace;
  const absent = new Set<string>();
  let turnOf: string | undefined;
  let deadlineMs = Infinity;
  /** What was sent just before they were lost may not have been heard of. */
  let unheardOf: readonly string[] = [];
  let endings: Array<{ readonly atMs: number; readonly end: (nowMs: number) => void }> = [];

  function order(): readonly string[] {
    return [...absent, self].toSorted();
  }

  function after(name: string): string | undefined {
    const names = order();
    return names.find((each) => each > name) ?? names[0];
  }

  function endDue(nowMs: number): void {
    const due = endings.filter(({ atMs }) => atMs <= nowMs);
    if (due.length === 0) return;
    endings = endings.filter(({ atMs }) => atMs > nowMs);
    for (const { end } of due) end(nowMs);
  }

  function durationMs(): number {
    const { answers, value } = state.durations;
    return answers === 0 ? DURATION_MS.unknown : Math.min(value, DURATION_MS.longest);
  }

  function enter(name: string, load: Load, nowMs: number): void {
    const end = replica.sentUnheard(name, load, nowMs);
    endings.push({ atMs: nowMs + durationMs(), end });
  }

  return {
    room(load, nowMs) {
      endDue(nowMs);
      if (absent.size === 0) return undefined;
      for (const name of unheardOf) if (absent.has(name)) enter(name, load, nowMs);
      unheardOf = [];
      const own = members.get(self)?.inFlight ?? 0;
      if (own >= slotsOfEach(state, absent.size + 1)) {
        return { kind: 'wait', untilMs: undefined, reason: 'concurrency', by: 'lane' };
      }
      turnOf ??= order()[0];
      for (;;) {
        const room = pace.room(load, nowMs);
        if (room.kind === 'wait') {
          const nextEndMs = Math.min(...endings.map(({ atMs }) => atMs), room.untilMs ?? Infinity);
          return { ...room, untilMs: Number.isFinite(nextEndMs) ? nextEndMs : undefined };
        }
        if (turnOf === undefined || turnOf === self || !absent.has(turnOf)) return room;
        enter(turnOf, load, nowMs);
        turnOf = after(turnOf);
      }
    },
    sent() {
      if (absent.size > 0) turnOf = after(self);
    },
    lost(nowMs) {
      for (const name of members.keys()) if (name !== self) absent.add(name);
      unheardOf = [...absent];
      deadlineMs = Infinity;
      turnOf = undefined;
      const atMs = nowMs + SURELY_ENDED * durationMs();
      for (const name of absent) {
        const end = (endMs: number): void => {
          if (absent.has(name)) replica.endFlight(name, endMs);
        };
        endings.push({ atMs, end });
      }
    },
    expect(present, untilMs) {
      absent.clear();
      for (const name of members.keys()) {
        if (name !== self && !present.includes(name)) absent.add(name);
      }
      deadlineMs = untilMs;
    },
    heard(name) {
      absent.delete(name);
    },
    forget(nowMs) {
      endDue(nowMs);
      if (nowMs < deadlineMs) return;
      deadlineMs = Infinity;
      for (const name of absent) {
        replica.apply(name, { type: 'gone' }, { nowMs, random: () => 0 });
      }
      absent.clear();
    },
  };
}
