import { weightIn } from '../manifest/limit-names.ts';
import type { Limits } from '../manifest/manifest.ts';
import { concurrencyOf, createWindow, type ConcurrencyWindow } from './concurrency.ts';
import { NO_ANSWERS, type AnswerMean } from './estimate.ts';
import type { WaitReason } from './events.ts';
import { createEvidence, noteSent, type Evidence } from './evidence.ts';
import { learnedStart, type Learned } from './learned.ts';
import { debitMirror, mirrorRoomAt, type Mirror, type Share } from './mirror.ts';
import {
  createPacer,
  debitPacer,
  distrust,
  fill,
  isForgotten,
  pacerRoomAt,
  type Pacer,
} from './pacer.ts';
import { probeRoomAt, type Probe } from './probe.ts';
import { noEpisodes, type Episodes } from './refused.ts';
import type { Shut } from './shut.ts';
import type { Block, Blocker, PauseCause } from './wait-ledger.ts';
import {
  availableAt,
  debit,
  KIND_REASON,
  limitWindows,
  type Debit,
  type LimitWindow,
  type Load,
} from './windows.ts';
import type { Random } from '../ports/random.ts';

/**
 * All that decides when a lane may send: changed in place by the functions here and in `answered.ts`,
 * and by nothing else. They take the time and touch no timer, so any moment of a run can be replayed.
 */
export interface LaneState {
  /** Declared limits: never exceeded, whatever a server announces. */
  readonly windows: readonly LimitWindow[];
  readonly policy: LanePolicy;
  /** Announced limits, in the order in which they were first seen. */
  readonly mirrors: Mirror[];
  /** A rate that was found by being refused. */
  pacer: Pacer | undefined;
  readonly window: ConcurrencyWindow;
  inFlight: number;
  /** Those of them that nothing came back from yet, in the order in which they were sent. */
  readonly unanswered: Set<Send>;
  /** The most that ever were. */
  mostInFlight: number;
  pausedUntilMs: number;
  pausedBy: PauseCause;
  /** Set while the server takes nothing. */
  probe: Probe | undefined;
  /** Set while nothing but refusals has come back. */
  shut: Shut | undefined;
  readonly evidence: Evidence;
  readonly episodes: Episodes;
  /** Sequence number of the next request. */
  nextSequence: number;
  firstSentMs: number | undefined;
  lastSentMs: number;
  /** Of the latest that took the last free place. */
  lastFull: number;
  /** Of the part of prompts that is cached, the share that was read from there. */
  cacheHits: AnswerMean;
  /** Tokens. */
  outputMean: AnswerMean;
  /** Milliseconds from the send to the answer. */
  durationMean: AnswerMean;
}

const LOOK_AFTER_MS = 60_000;

/** How a provider counts. */
export interface LanePolicy {
  /** Whether tokens read from a cache count toward the token limits. */
  readonly countsCacheReads: boolean;
  /** Whether announced token limits are charged `max_tokens` when a request comes in, for good. */
  readonly countsMaxTokens: boolean;
}

export type LaneDecision =
  | { readonly kind: 'start' }
  | ({ readonly kind: 'wait'; readonly untilMs: number } & Block)
  /** Until a request in flight gives its slot back. */
  | ({ readonly kind: 'wait_for_release' } & Block);

/** A request as it went out. */
export interface Send {
  readonly sequence: number;
  readonly atMs: number;
  /** At once, itself included. */
  readonly inFlight: number;
  /** Whether it made up for requests that were not sent before. */
  readonly isCatchingUp: boolean;
  readonly load: Load;
  readonly debit: Debit;
  /** What it took from the announced limits that were known, or became known while it was in flight. */
  readonly shares: Map<Mirror, Share>;
}

/** When something happens. */
export interface Moment {
  readonly nowMs: number;
  readonly random: Random;
}

/**
 * `earlier`: what a lane like this found out another time; `nowMs` is when this one begins. Declared
 * limits hold all the same.
 */
export function createLaneState(
  limits: Limits,
  policy: LanePolicy,
  earlier?: { readonly learned: Learned; readonly nowMs: number },
): LaneState {
  const window = createWindow(limits.concurrency, earlier && learnedStart(earlier.learned));
  return {
    windows: limitWindows(limits),
    policy,
    mirrors: [],
    pacer: earlier && pacerOf(earlier.learned.found.rpm, earlier.nowMs),
    window,
    inFlight: 0,
    unanswered: new Set(),
    mostInFlight: 0,
    pausedUntilMs: -Infinity,
    pausedBy: 'rate_limited',
    probe: undefined,
    shut: undefined,
    evidence: createEvidence(),
    episodes: noEpisodes(),
    nextSequence: 0,
    firstSentMs: undefined,
    lastSentMs: -Infinity,
    lastFull: -1,
    cacheHits: NO_ANSWERS,
    outputMean: NO_ANSWERS,
    durationMean: NO_ANSWERS,
  };
}

/**
 * A rate that was found another time keeps the first burst from running into it, and is left within
 * seconds unless it is met again.
 */
function pacerOf(rpm: number | undefined, nowMs: number): Pacer | undefined {
  if (rpm === undefined) return undefined;
  const pacer = createPacer({ requests: rpm, overMs: 60_000 }, nowMs);
  distrust(pacer, nowMs);
  fill(pacer, nowMs);
  return pacer;
}

/** Whether a request may go out now, or what it waits for. Changes nothing that matters. */
export function decide(state: LaneState, load: Load, nowMs: number): LaneDecision {
  if (nowMs < state.pausedUntilMs) {
    return { kind: 'wait', untilMs: state.pausedUntilMs, reason: 'pause', by: state.pausedBy };
  }
  // A probe waits for nothing that went out before the trouble, but for what is declared all the same.
  if (state.inFlight >= (state.probe ? state.window.max : concurrencyOf(state.window))) {
    return { kind: 'wait_for_release', reason: 'concurrency', by: 'lane' };
  }
  const declared = availableAt(state.windows, declaredLoad(state, load), nowMs);
  let { atMs, reason } = declared;
  let by: Blocker | undefined = declared.by;
  const later = (roomMs: number, why: WaitReason, which: Blocker): void => {
    if (roomMs <= atMs) return;
    atMs = roomMs;
    reason = why;
    by = which;
  };
  const charged = announcedLoad(state, load);
  for (const mirror of state.mirrors) {
    const weight = weightIn(mirror.kind, charged);
    const roomMs = Math.min(mirrorRoomAt(mirror, weight, nowMs), lookAtMs(state, mirror));
    later(roomMs, KIND_REASON[mirror.kind], mirror);
  }
  if (state.pacer) later(pacerRoomAt(state.pacer, nowMs), 'rpm', 'pacer');
  later(probeRoomAt(state) ?? nowMs, 'pause', state.pausedBy);
  return reason && by ? { kind: 'wait', untilMs: atMs, reason, by } : { kind: 'start' };
}

/**
 * When to look how things are although a limit has no room, as far as is known: over what time it is
 * counted was only guessed, and with nothing in flight no answer would ever put that right.
 */
function lookAtMs({ inFlight, lastSentMs }: LaneState, { toldSpanMs }: Mirror): number {
  return inFlight === 0 && toldSpanMs === undefined ? lastSentMs + LOOK_AFTER_MS : Infinity;
}

/** Enters a request as sent. Its slot is held until `released`. */
export function sent(state: LaneState, load: Load, nowMs: number): Send {
  state.inFlight += 1;
  state.mostInFlight = Math.max(state.mostInFlight, state.inFlight);
  if (state.pacer && isForgotten(state.pacer, nowMs)) state.pacer = undefined;
  const charged = announcedLoad(state, load);
  const send: Send = {
    sequence: state.nextSequence,
    atMs: nowMs,
    inFlight: state.inFlight,
    isCatchingUp: state.pacer !== undefined && debitPacer(state.pacer, nowMs),
    load: charged,
    debit: debit(state.windows, declaredLoad(state, load), nowMs),
    shares: new Map(
      state.mirrors.map((mirror) => [
        mirror,
        debitMirror(mirror, weightIn(mirror.kind, charged), nowMs),
      ]),
    ),
  };
  state.nextSequence += 1;
  state.firstSentMs ??= nowMs;
  state.lastSentMs = nowMs;
  state.unanswered.add(send);
  if (state.inFlight >= concurrencyOf(state.window)) state.lastFull = send.sequence;
  if (state.probe) state.probe.send = send;
  noteSent(state.evidence, send);
  return send;
}

export function released(state: LaneState): void {
  state.inFlight -= 1;
}

/**
 * What a request weighs in declared limits. Until an answer has told how long answers are, it weighs
 * all that it may have: a limit that somebody wrote down is not for trying.
 */
function declaredLoad({ outputMean }: LaneState, load: Load): Load {
  const most = outputMean.answers > 0 ? undefined : load.maxOutputTokens;
  return most === undefined ? load : { ...load, outputTokens: most };
}

/** What a request weighs for those who announce limits. */
function announcedLoad({ policy }: LaneState, load: Load): Load {
  if (!policy.countsMaxTokens || load.maxOutputTokens === undefined) return load;
  return { ...load, outputTokens: Math.max(load.outputTokens, load.maxOutputTokens) };
}
