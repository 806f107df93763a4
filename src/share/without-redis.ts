import { weightOf, windowRoomAt } from '../pace/bucket.ts';
import type { Load } from '../pace/tokens-per-limit.ts';
import type { Room } from '../pace/pace.ts';
import { slotsOfEach, type Replica } from './replica.ts';

/** After this many times the mean duration, a request of an absent run has certainly ended. */
const SURELY_ENDED = 3;
/** How many requests each other run may have sent, unnoticed, just before the store was lost. */
const UNHEARD_OF = 3;
const DURATION_MS = { unknown: 1_000, longest: 30_000 };

/**
 * Keeps a run to its part of the limits while it cannot hear from the others. The run assumes that
 * each of the others sends whatever it sends itself, so it sends a request only if there is room
 * for one from each run. Together the runs stay within the limits that all of them know.
 *
 * Example: three runs, 60 requests per minute. Each request counts three times, so each run sends
 * 20.
 *
 * `serverMs` converts a local time to the store's clock, which all runs share.
 */
export function createParts(replica: Replica, self: string, serverMs: (localMs: number) => number) {
  const { pace, members } = replica;
  const { state } = pace;
  const absent = new Set<string>();
  let deadlineMs = Infinity;
  /** Runs whose last requests this run may not have heard about. */
  let unheardOf: readonly string[] = [];
  let endings: Array<{ readonly atMs: number; readonly end: (nowMs: number) => void }> = [];

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

  function enter(names: Iterable<string>, load: Load, nowMs: number): void {
    for (const name of names) {
      const end = replica.sentUnheard(name, load, nowMs);
      endings.push({ atMs: nowMs + durationMs(), end });
    }
  }

  /** When the declared limits have room for one request from each run. */
  function declaredRoom(load: Load, nowMs: number): Room | undefined {
    const runs = absent.size + 1;
    for (const bucket of state.declared) {
      const weight = weightOf(bucket, load);
      const fit = Math.max(1, Math.floor(bucket.amount / Math.max(1, weight)));
      const untilMs = Math.max(
        windowRoomAt(bucket, Math.min(runs, fit) * weight, nowMs),
        fit < runs ? turnAt(bucket.spanMs, { runs, fit, nowMs }) : nowMs,
      );
      if (untilMs > nowMs) return { kind: 'wait', untilMs, by: bucket };
    }
    return undefined;
  }

  /**
   * If fewer requests fit than there are runs, groups of as many runs as fit take turns. Every
   * other span is left empty.
   */
  function turnAt(
    spanMs: number,
    { runs, fit, nowMs }: { readonly runs: number; readonly fit: number; readonly nowMs: number },
  ): number {
    const groups = Math.ceil(runs / fit);
    const own = [...absent, self].toSorted().indexOf(self) % groups;
    const sharedMs = serverMs(nowMs);
    const turn = Math.floor(sharedMs / (2 * spanMs));
    const isOwn = turn % groups === own && sharedMs - turn * 2 * spanMs < spanMs / 2;
    if (isOwn) return nowMs;
    const wait = ((own - (turn % groups) + groups - 1) % groups) + 1;
    return nowMs + (turn + wait) * 2 * spanMs - sharedMs;
  }

  return {
    /** Undefined while no run is absent. */
    room(load: Load, nowMs: number): Room | undefined {
      endDue(nowMs);
      if (absent.size === 0) return undefined;
      enter(
        unheardOf.filter((name) => absent.has(name)),
        load,
        nowMs,
      );
      unheardOf = [];
      const own = members.get(self)?.inFlight ?? 0;
      if (own >= slotsOfEach(state, absent.size + 1)) {
        return { kind: 'wait', untilMs: undefined, by: 'lane' };
      }
      const room = pace.room(load, nowMs);
      if (room.kind === 'free') return declaredRoom(load, nowMs) ?? room;
      const nextEndMs = Math.min(...endings.map(({ atMs }) => atMs), room.untilMs ?? Infinity);
      return { ...room, untilMs: Number.isFinite(nextEndMs) ? nextEndMs : undefined };
    },
    /** Notes that this run sent a request. */
    sent(load: Load, nowMs: number): void {
      enter(absent, load, nowMs);
    },
    /** Notes that the store was lost, so all other runs are absent. */
    lost(nowMs: number): void {
      for (const name of members.keys()) if (name !== self) absent.add(name);
      unheardOf = Array.from({ length: UNHEARD_OF }, () => [...absent]).flat();
      deadlineMs = Infinity;
      const atMs = nowMs + SURELY_ENDED * durationMs();
      for (const name of absent) {
        const end = (endMs: number): void => {
          if (absent.has(name)) replica.endFlight(name, endMs);
        };
        endings.push({ atMs, end });
      }
    },
    /** Notes that the store is back. Runs that have not come back stay absent until `untilMs`. */
    expect(present: readonly string[], untilMs: number): void {
      absent.clear();
      for (const name of members.keys()) {
        if (name !== self && !present.includes(name)) absent.add(name);
      }
      deadlineMs = untilMs;
    },
    heard(name: string): void {
      absent.delete(name);
    },
    areAbsent: () => absent.size > 0,
    /** Removes the runs that have not come back in time. */
    forget(nowMs: number): void {
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
