import type { Clock } from '../ports/clock.ts';

/** When all answers must be available. */
export interface Deadline {
  readonly atEpochMs: number;
  /** The expected time that a share of the run's tasks (0 to 1) takes in realtime. */
  readonly realtimeMs: (share: number) => number;
  /** How long a canceled batch may take to end. */
  readonly cancelMs: number;
}

/** Estimates are inexact, and some requests fail and are sent again. */
const MARGIN = 1.5;
const RETRIES_MS = 90_000;
/** Time to notice that a batch has ended and to read it. */
const COLLECT_MS = 60_000;
/** The cutover time is recomputed this often, because it moves as tasks end. */
const LOOK_AGAIN_MS = 30_000;

/** OpenAI documents ten minutes; Anthropic documents no time. */
export const USUAL_CANCEL_MS = 600_000;
/** The minimum to allow, because the time for one batch says little about the next. */
const LEAST_CANCEL_MS = 60_000;

/** How long to allow for canceling. `observedMs`: the longest time so far; undefined if unknown. */
export function cancelReserveMs(observedMs: number | undefined): number {
  return observedMs === undefined ? USUAL_CANCEL_MS : Math.max(LEAST_CANCEL_MS, 2 * observedMs);
}

/** The last moment to cancel batches so that the rest can be done in realtime by the deadline. */
export function cutoverEpochMs(
  { atEpochMs, realtimeMs, cancelMs }: Deadline,
  share: number,
): number {
  return atEpochMs - cancelMs - COLLECT_MS - RETRIES_MS - MARGIN * realtimeMs(share);
}

/** Aborts when it is time to cancel batches. */
export function watchDeadline(
  deadline: Deadline,
  options: {
    readonly clock: Clock;
    /** The share of the run's tasks that have not ended. */
    readonly share: () => number;
  },
): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const { clock, share } = options;
  const cutover = new AbortController();
  // Uses the clock that never jumps.
  const offsetMs = clock.epochMs() - clock.now();
  let cancelTimer: (() => void) | undefined;
  function look(): void {
    const leftMs = cutoverEpochMs(deadline, share()) - offsetMs - clock.now();
    if (leftMs <= 0) cutover.abort(new Error('the deadline leaves no more time for batches'));
    else cancelTimer = clock.after(Math.min(leftMs, LOOK_AGAIN_MS), look);
  }
  look();
  return { signal: cutover.signal, dispose: () => cancelTimer?.() };
}
