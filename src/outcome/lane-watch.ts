import type { Clock } from '../ports/clock.ts';
import type { LaneBound } from './schedule-events.ts';
import { boundOf, byWeight, type Bound, type BoundLane, type SlotUse } from './lane-bound.ts';
import { createWaitTimes, waitsBetween } from './time-waited.ts';

export type LaneWatch = ReturnType<typeof createLaneWatch>;

/**
 * Watches how a lane spends its time, and what delays it. Calls `emit` whenever the latter changes,
 * with null once nothing does.
 */
export function createLaneWatch(
  lane: Omit<BoundLane, 'slotUse'> & { readonly name: string; readonly clock: Clock },
  emit: (bound: Bound | null) => void,
) {
  const { name, clock } = lane;
  const waits = createWaitTimes(clock);
  const slotUse: SlotUse = { inFlightMs: 0, keepingMs: 0 };
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
      { ...lane, slotUse },
    );
  }

  return {
    waits,
    /** Updated whenever a task is sent or ends. */
    slotUse,
    /** To be called every few seconds. */
    reportBound(): void {
      const bound = boundSince(last);
      if (bound || wasBound) emit(bound ?? null);
      wasBound = bound !== undefined;
    },
    /** What has delayed the lane most since the start of the run. */
    boundSinceStart(): LaneBound | undefined {
      const bound = boundSince(first);
      return bound && { lane: name, ...bound };
    },
  };
}

const LOOK_EVERY_MS = 5_000;

/**
 * Ten minutes of reports. A simulated clock jumps to the next timer, so a run that hangs would
 * otherwise never end.
 */
const MOST_WITHOUT_ANSWER = 120;

/** Reports every few seconds what delays each lane, as long as answers arrive. */
export function reportEveryFewSeconds(lanes: readonly LaneWatch[], clock: Clock) {
  let withoutAnswer = 0;
  let cancel: (() => void) | undefined;

  function reportLater(): void {
    cancel = clock.after(LOOK_EVERY_MS, () => {
      cancel = undefined;
      withoutAnswer += 1;
      for (const lane of lanes) lane.reportBound();
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
    /** The lane that was delayed most. */
    most: (): LaneBound | undefined =>
      lanes.flatMap((lane) => lane.boundSinceStart() ?? []).toSorted(byWeight)[0],
  };
}
