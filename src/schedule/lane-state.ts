import type { Limits } from '../manifest/manifest.ts';
import type { AttemptFailure, ResponseHeaders, Usage } from '../providers/provider.ts';
import type { Random } from '../ports/random.ts';
import { backoffMs } from './backoff.ts';
import type { WaitReason } from './events.ts';
import { loadOf, NO_ANSWERS, withAnswer, type OutputMean } from './estimate.ts';
import {
  availableAt,
  debit,
  limitWindows,
  settle,
  type Debit,
  type LimitWindow,
  type Load,
} from './windows.ts';

/**
 * All that decides when a lane may send: changed in place by the functions below and by nothing
 * else. They take the time and touch no timer, so any moment of a run can be replayed.
 */
export interface LaneState {
  readonly windows: readonly LimitWindow[];
  readonly countsCacheReads: boolean;
  concurrency: number;
  inFlight: number;
  pausedUntilMs: number;
  /** Pauses in a row without an answer of the model between them. */
  episodes: number;
  /** Sequence number of the next request. */
  nextSequence: number;
  /** The first request after the latest pause began. Earlier ones belong to the episode that caused it. */
  afterPause: number;
  outputMean: OutputMean;
}

export type LaneDecision =
  | { readonly kind: 'start' }
  | { readonly kind: 'wait'; readonly untilMs: number; readonly reason: WaitReason }
  /** Until a request in flight gives its slot back. */
  | { readonly kind: 'wait_for_release'; readonly reason: 'concurrency' };

/** A request as it went out. */
export interface Send {
  readonly sequence: number;
  readonly debit: Debit;
}

/** What came back, as far as it matters to the lane. */
export interface Answered {
  readonly failure: AttemptFailure | undefined;
  /** Undefined when the model did no work. */
  readonly usage: Usage | undefined;
  /** Announced limits. Adapting to them starts in `answered`, below; declared limits ignore them. */
  readonly headers: ResponseHeaders;
}

/** Requests at once where nothing is declared. */
const DEFAULT_CONCURRENCY = 8;

/** A longer extension of a running pause is told like a pause of its own. */
const TOLD_EXTENSION_MS = 1_000;

export function createLaneState(
  limits: Limits,
  { countsCacheReads }: { readonly countsCacheReads: boolean },
): LaneState {
  return {
    windows: limitWindows(limits),
    countsCacheReads,
    concurrency: Math.max(1, Math.floor(limits.concurrency?.start ?? DEFAULT_CONCURRENCY)),
    inFlight: 0,
    pausedUntilMs: -Infinity,
    episodes: 0,
    nextSequence: 0,
    afterPause: 0,
    outputMean: NO_ANSWERS,
  };
}

/** Whether a request may go out now, or what it waits for. Changes nothing. */
export function decide(state: LaneState, load: Load, nowMs: number): LaneDecision {
  if (nowMs < state.pausedUntilMs) {
    return { kind: 'wait', untilMs: state.pausedUntilMs, reason: 'pause' };
  }
  if (state.inFlight >= state.concurrency) {
    return { kind: 'wait_for_release', reason: 'concurrency' };
  }
  const { atMs, reason } = availableAt(state.windows, load, nowMs);
  return reason === undefined ? { kind: 'start' } : { kind: 'wait', untilMs: atMs, reason };
}

/** Enters a request as sent. Its slot is held until `released`. */
export function sent(state: LaneState, load: Load, nowMs: number): Send {
  state.inFlight += 1;
  const sequence = state.nextSequence;
  state.nextSequence += 1;
  return { sequence, debit: debit(state.windows, load, nowMs) };
}

export function released(state: LaneState): void {
  state.inFlight -= 1;
}

/**
 * Learns from an answer. Gives back the end of a pause when it caused one that is worth telling.
 * Without reported usage the reservation stands: a server may count what it refused.
 */
export function answered(
  state: LaneState,
  send: Send,
  answer: Answered,
  { nowMs, random }: { readonly nowMs: number; readonly random: Random },
): { readonly pausedUntilMs: number } | undefined {
  const sinceLastPause = send.sequence >= state.afterPause;
  if (answer.usage) {
    settle(state.windows, send.debit, loadOf(answer.usage, state));
    state.outputMean = withAnswer(state.outputMean, answer.usage.outputTokens);
    if (sinceLastPause) state.episodes = 0;
  }
  if (answer.failure?.reach !== 'lane') return undefined;
  const retryAfterMs = answer.failure.retryAfterMs ?? 0;
  return sinceLastPause
    ? beginPause(state, retryAfterMs, { nowMs, random })
    : extendPause(state, nowMs + retryAfterMs);
}

/** A new episode: as long as the server says and up to a tenth more, else the backoff of the episode. */
function beginPause(
  state: LaneState,
  retryAfterMs: number,
  { nowMs, random }: { readonly nowMs: number; readonly random: Random },
): { readonly pausedUntilMs: number } {
  const pauseMs =
    retryAfterMs > 0
      ? retryAfterMs * (1 + 0.1 * random())
      : backoffMs({ baseMs: 1_000, exponent: state.episodes, random });
  state.pausedUntilMs = Math.max(state.pausedUntilMs, nowMs + pauseMs);
  state.episodes += 1;
  state.afterPause = state.nextSequence;
  return { pausedUntilMs: state.pausedUntilMs };
}

/** The rest of a burst starts no pause of its own, but a server that asks for longer is heard. */
function extendPause(
  state: LaneState,
  untilMs: number,
): { readonly pausedUntilMs: number } | undefined {
  const byMs = untilMs - state.pausedUntilMs;
  if (byMs <= 0) return undefined;
  state.pausedUntilMs = untilMs;
  return byMs > TOLD_EXTENSION_MS ? { pausedUntilMs: untilMs } : undefined;
}
