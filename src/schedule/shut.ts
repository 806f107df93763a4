import type { LaneState, Send } from './lane-state.ts';

/** What a lane has had nothing but refusals for. Changed in place. */
export interface Shut {
  readonly sinceMs: number;
  latestMs: number;
  /** Bursts count once. */
  refusals: number;
}

/**
 * Refusals are nobody's fault, but a server that lets nothing through for so long and so often is not
 * waited for any longer: a run that nobody watches would go on for ever, and a later one resumes.
 */
const FOR_GOOD_MS = 600_000;
const FOR_GOOD_REFUSALS = 10;

export function noteShut(state: LaneState, send: Send, nowMs: number): void {
  state.shut ??= { sinceMs: nowMs, latestMs: -Infinity, refusals: 0 };
  if (send.atMs >= state.shut.latestMs) state.shut.refusals += 1;
  state.shut.latestMs = nowMs;
}

/** How long nothing was let through, in milliseconds; undefined while it is worth asking again. */
export function shutForGoodMs(state: LaneState, nowMs: number): number | undefined {
  const { shut, unanswered, evidence } = state;
  if (!shut || shut.refusals < FOR_GOOD_REFUSALS) return undefined;
  const shutMs = nowMs - shut.sinceMs;
  if (shutMs < FOR_GOOD_MS) return undefined;
  // What takes longer than a refusal is being answered.
  for (const { atMs } of unanswered) if (nowMs - atMs > evidence.refusalMs) return undefined;
  return shutMs;
}
