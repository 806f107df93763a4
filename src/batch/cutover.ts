import type { Clock } from '../ports/clock.ts';

/** When all answers are to be there. */
export interface Deadline {
  readonly atEpochMs: number;
  /** How long this share of the run's tasks takes in realtime, 0 to 1, by what is expected. */
  readonly realtimeMs: (share: number) => number;
}

/** Estimates are off, and some requests fail and are sent again. */
const MARGIN = 1.5;
const RETRIES_MS = 90_000;
/** To notice that a batch has ended, and to read it. */
const COLLECT_MS = 60_000;
/** Tasks end meanwhile, and the moment moves. */
const LOOK_AGAIN_MS = 30_000;

/** The last moment to cancel batches at, so that the rest is done in realtime by the deadline. */
export function cutoverEpochMs(
  { atEpochMs, realtimeMs }: Deadline,
  { share, cancelMs }: { readonly share: number; readonly cancelMs: number },
): number {
  return atEpochMs - cancelMs - COLLECT_MS - RETRIES_MS - MARGIN * realtimeMs(share);
}

/** Aborts when batches are to be canceled. */
export function watchDeadline(
  deadline: Deadline,
  options: {
    readonly clock: Clock;
    /** How long it may take until a canceled batch has ended. */
    readonly cancelMs: number;
    /** The run's tasks that have not ended. */
    readonly share: () => number;
  },
): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const { clock, cancelMs, share } = options;
  const cutover = new AbortController();
  // By the clock that never jumps.
  const offsetMs = clock.epochMs() - clock.now();
  let cancelTimer: (() => void) | undefined;
  function look(): void {
    const leftMs = cutoverEpochMs(deadline, { share: share(), cancelMs }) - offsetMs - clock.now();
    if (leftMs <= 0) cutover.abort(new Error('the deadline leaves no more time for batches'));
    else cancelTimer = clock.after(Math.min(leftMs, LOOK_AGAIN_MS), look);
  }
  look();
  return { signal: cutover.signal, dispose: () => cancelTimer?.() };
}
