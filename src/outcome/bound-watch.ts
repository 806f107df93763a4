import type { Clock } from '../ports/clock.ts';
import type { LaneBound } from './events.ts';
import { boundOf, byWeight, type Bound, type BoundLane } from './lane-bound.ts';
import { waitsBetween, type WaitTimes } from './time-waited.ts';

export type BoundWatch = ReturnType<typeof createBoundWatch>;

/** Watches what delays a lane. Calls `emit` whenever that changes, with null once nothing does. */
export function createBoundWatch(
  lane: BoundLane & { readonly name: string; readonly waits: WaitTimes; readonly clock: Clock },
  emit: (bound: Bound | null) => void,
) {
  const { name, waits, clock } = lane;
  const read = () => ({
    atMs: clock.now(),
    waitedMs: waits.reading(),
    blockedMs: waits.blockedMs(),
  });
  const first = read();
  let last = first;
  let wasBound = false;

  function boundSince(before: typeof first): Bound | undefined {
    last = read();
    const blockedMs = [...last.blockedMs].map(
      ([by, ms]) => [by, ms - (before.blockedMs.get(by) ?? 0)] as const,
    );
    return boundOf(
      {
        waitedMs: waitsBetween(before.waitedMs, last.waitedMs),
        blockedMs: new Map(blockedMs),
        overMs: last.atMs - before.atMs,
      },
      lane,
    );
  }

  return {
    /** To be called every few seconds. */
    report(): void {
      const bound = boundSince(last);
      if (bound || wasBound) emit(bound ?? null);
      wasBound = bound !== undefined;
    },
    /** What has delayed the lane most since the start of the run. */
    sinceStart(): LaneBound | undefined {
      const bound = boundSince(first);
      return bound && { lane: name, ...bound };
    },
  };
}

/** The lane that was delayed most. */
export function mostBound(watches: readonly BoundWatch[]): LaneBound | undefined {
  return watches.flatMap((watch) => watch.sinceStart() ?? []).toSorted(byWeight)[0];
}

const LOOK_EVERY_MS = 5_000;

/**
 * Ten minutes of reports. A simulated clock jumps to the next timer, so a run that hangs would
 * otherwise never end.
 */
const MOST_WITHOUT_ANSWER = 120;

/** Reports every few seconds what delays each lane, as long as there are answers. */
export function reportEveryFewSeconds(watches: readonly BoundWatch[], clock: Clock) {
  let withoutAnswer = 0;
  let cancel: (() => void) | undefined;

  function reportLater(): void {
    cancel = clock.after(LOOK_EVERY_MS, () => {
      cancel = undefined;
      withoutAnswer += 1;
      for (const watch of watches) watch.report();
      if (withoutAnswer < MOST_WITHOUT_ANSWER) reportLater();
    });
  }

  reportLater();
  return {
    answered(): void {
      withoutAnswer = 0;
      if (!cancel) reportLater();
    },
    stop: () => cancel?.(),
  };
}
