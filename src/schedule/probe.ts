import { forgetWall } from './concurrency.ts';
import { forgetBeforeLast } from './evidence.ts';
import { distrust } from './pacer.ts';
import type { LaneState, Send } from './lane-state.ts';

/** While a server takes nothing, one request at a time finds out whether it does again. */
export interface Probe {
  /** The latest request that probes; undefined while none is under way. */
  send: Send | undefined;
  /** Every request from this one on is a probe. */
  readonly fromSequence: number;
  /** The concurrency before the trouble. */
  readonly sizeBefore: number;
  readonly sinceMs: number;
}

const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 30_000;

/** A refusal comes back sooner than an answer. A probe that is under way for longer lets another one go. */
const PATIENCE_MS = 2_000;

export function beginProbing(state: LaneState, nowMs: number): void {
  if (state.probe) state.probe.send = undefined;
  else {
    const { nextSequence: fromSequence, episodes } = state;
    const { sizeBefore } = episodes;
    state.probe = { send: undefined, fromSequence, sizeBefore, sinceMs: nowMs };
  }
}

export function isProbe({ probe }: LaneState, { sequence }: Send): boolean {
  return probe !== undefined && sequence >= probe.fromSequence;
}

/** Longer the longer it lasts, so that it takes a third as long again at most to see the end. */
export function probePauseMs(lastsMs: number): number {
  return Math.min(MAX_PAUSE_MS, Math.max(FIRST_PAUSE_MS, lastsMs / 3));
}

/** When the next request may go out although one probes already; undefined when none does. */
export function probeRoomAt({ probe }: LaneState): number | undefined {
  return probe?.send && probe.send.atMs + PATIENCE_MS;
}

/**
 * The server takes requests again: half of what there was at once, and quickly more. A rate that was
 * measured on the way down is a guess.
 */
export function endProbing(state: LaneState, nowMs: number): void {
  const { probe, window, evidence, episodes } = state;
  if (!probe) return;
  state.probe = undefined;
  if (state.pacer) distrust(state.pacer, nowMs);
  forgetWall(window);
  forgetBeforeLast(evidence);
  episodes.last = undefined;
  episodes.streak = 0;
  window.threshold = Math.max(2, probe.sizeBefore * 0.9);
  window.size = Math.min(window.max, Math.max(1, Math.floor(probe.sizeBefore / 2)));
}
