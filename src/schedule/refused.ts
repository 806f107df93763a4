import { weightIn } from '../manifest/limit-names.ts';
import type { AnnouncedLimit, AttemptFailure } from '../providers/provider.ts';
import { concurrencyOf, forgetWall, holdGrowth, lowerWall, meetWall } from './concurrency.ts';
import {
  anyAdmitted,
  crowding,
  deliveredBefore,
  deliveredLately,
  noteRefused,
} from './evidence.ts';
import { type LaneState, type Moment, type Send } from './lane-state.ts';
import type { PauseCause } from './wait-ledger.ts';
import { foundEmpty, mirrorOf, noteRefusedShare, type Mirror } from './mirror.ts';
import { createPacer, holdRate, isMeasured, paceBy, type Pacer } from './pacer.ts';
import { beginProbing, probePauseMs } from './probe.ts';
import { rateOf } from './rate-curve.ts';
import { noteShut } from './shut.ts';

/** What a refusal is put down to. */
export type Cause =
  /** Announced limits that were empty. */
  | { readonly kind: 'announced'; readonly empty: readonly Mirror[] }
  /** Too many at once. */
  | { readonly kind: 'concurrency' }
  /** Too many in too short a time, by a limit that nobody announced. */
  | { readonly kind: 'rate' }
  /** One of the latter two: whether a cut helps will tell. */
  | { readonly kind: 'unsure' };

/** Refusals so far, as one story. Changed in place. */
export interface Episodes {
  /** The first request after the latest decrease: earlier ones belong to what caused it. */
  afterDecrease: number;
  /** The latest refusal that was learned from. */
  last: Send | undefined;
  /** Refusals in a row that were learned from, with nothing admitted between them. */
  streak: number;
  /** When the streak began, and how many were allowed at once then. */
  sinceMs: number;
  sizeBefore: number;
  cause: Cause['kind'] | undefined;
  /** How long the latest refusal kept the lane from sending. */
  pauseMs: number;
}

export interface Refusal {
  readonly failure: AttemptFailure;
  readonly announced: readonly AnnouncedLimit[];
}

/** After that many refusals in a row one request at a time finds out how things are. */
const STREAK_MEANS_SHUT = 3;

/**
 * A limit on requests at once is believed in until that many cuts in a row did not help: longer where
 * the announced limits have room.
 */
const CUTS_BEFORE_DOUBT = { blind: 1, announced: 6 } as const;
const IN_A_ROW_MS = 1_000;

/** Longer waits than this are left to those who ask for them. */
const MOST_PATIENT_MS = 30_000;

/** More crowded than nearly all that was admitted lately: a limit on the rate seldom hits such a moment. */
const CROWDED = 0.97;

/** Refusals with less than that between them are one trouble; longer where requests are few. */
const CALM_MS = 2_000;
const CALM_REQUESTS = 8;

/** An overloaded server is let alone for this long before anything grows. */
const OVERLOAD_HOLD_MS = 1_000;

/** A longer extension of a running pause is told like a pause of its own. */
const TOLD_EXTENSION_MS = 1_000;

export function noEpisodes(): Episodes {
  return {
    afterDecrease: 0,
    last: undefined,
    streak: 0,
    sinceMs: 0,
    sizeBefore: 1,
    cause: undefined,
    pauseMs: 0,
  };
}

/**
 * Learns from a refusal: what it was for, what to do less of, how long to pause. What was sent before
 * the latest decrease belongs to its episode and causes no other. Gives back the end of a pause that
 * is worth telling.
 */
export function refused(
  state: LaneState,
  send: Send,
  { failure, announced, moment }: Refusal & { readonly moment: Moment },
): { readonly pausedUntilMs: number } | undefined {
  const { evidence, episodes, window } = state;
  const { nowMs, random } = moment;
  for (const mirror of state.mirrors) noteRefusedShare(mirror, send.shares.get(mirror));
  const askedMs = failure.retryAfterMs ?? 0;
  const isOverload = failure.code === 'OVERLOADED';
  const pausedBy = isOverload ? 'overloaded' : 'rate_limited';
  noteRefused(evidence, send, { isOverload, nowMs });
  noteShut(state, send, nowMs);
  if (isOverload) holdGrowth(window, nowMs + OVERLOAD_HOLD_MS);
  if (send.sequence < episodes.afterDecrease) {
    if (episodes.cause !== 'rate' && !isOverload) lowerWall(window, send.inFlight);
    return extendPause(state, { untilMs: nowMs + askedMs, pausedBy, nowMs });
  }
  const { last } = episodes;
  const isInARow = last !== undefined && !anyAdmitted(evidence, { from: last, to: send, nowMs });
  episodes.streak = isInARow ? episodes.streak + 1 : 1;
  if (!isInARow) Object.assign(episodes, { sinceMs: nowMs, sizeBefore: window.size });
  const cause = isOverload ? undefined : causeOf(state, send, { failure, announced });
  const isShut = episodes.streak >= STREAK_MEANS_SHUT && cause?.kind !== 'announced';
  if (isShut) {
    beginProbing(state, nowMs);
    // A server that takes nothing at all shows no limit to learn. A guess keeps from running into it again.
    if (cause) guessRate(state, send, nowMs);
  } else if (cause) learn(state, send, { cause, pauseMs: askedMs, nowMs });
  episodes.cause = cause?.kind;
  episodes.last = send;
  episodes.afterDecrease = state.nextSequence;
  const probeMs = isShut ? probePauseMs(nowMs - (state.probe?.sinceMs ?? nowMs)) : 0;
  const pauseMs = askedMs > 0 ? patientMs(askedMs, episodes, nowMs) : probeMs;
  episodes.pauseMs = pauseMs;
  if (pauseMs === 0) return undefined;
  const untilMs = nowMs + pauseMs * (1 + 0.1 * random());
  return beginPause(state, { untilMs, pausedBy, nowMs });
}

/**
 * A server that goes on refusing after the wait that it asked for has asked for too little: some count
 * what they refuse, and admit nothing until they have been let alone for as long as it takes.
 */
function patientMs(askedMs: number, { streak, sinceMs }: Episodes, nowMs: number): number {
  if (streak < STREAK_MEANS_SHUT) return askedMs;
  return Math.max(askedMs, Math.min(MOST_PATIENT_MS, (nowMs - sinceMs) / 2));
}

function causeOf(state: LaneState, send: Send, { failure, announced }: Refusal): Cause {
  const empty = announced.flatMap((told) => {
    const { remaining } = told;
    const isShort = remaining !== undefined && remaining < weightIn(told.kind, send.load);
    return (isShort && mirrorOf(state.mirrors, told)) || [];
  });
  if (empty.length > 0) return { kind: 'announced', empty };
  if (send.inFlight <= 1) return { kind: 'rate' };
  if (/concurren/iu.test(failure.message)) return { kind: 'concurrency' };
  const known = announced.filter((told) => mirrorOf(state.mirrors, told));
  // Some tell what remains and not of what.
  if (announced.length > known.length && announced.some(({ remaining }) => remaining === 0)) {
    return { kind: 'rate' };
  }
  const hasRoom = known.some(({ remaining }) => remaining !== undefined);
  const { cuts } = state.window;
  const inARow = send.atMs - cuts.atMs < IN_A_ROW_MS ? cuts.inARow : 0;
  if (hasRoom && inARow < CUTS_BEFORE_DOUBT.announced) return { kind: 'concurrency' };
  const mayBeCrowd = inARow < CUTS_BEFORE_DOUBT.blind && crowding(state.evidence, send) > CROWDED;
  return { kind: mayBeCrowd ? 'unsure' : 'rate' };
}

function learn(
  state: LaneState,
  send: Send,
  {
    cause,
    pauseMs,
    nowMs,
  }: { readonly cause: Cause; readonly pauseMs: number; readonly nowMs: number },
): void {
  switch (cause.kind) {
    case 'announced':
      for (const mirror of cause.empty) {
        foundEmpty(mirror, send, { resumedMs: state.pausedUntilMs, nowMs });
      }
      return;
    case 'unsure':
      if (state.pacer && isMeasured(state.pacer)) learnRate(state, send, nowMs);
      else guessRate(state, send, nowMs);
      return meetWall(state.window, send.inFlight, { pauseMs, nowMs });
    case 'concurrency':
      return meetWall(state.window, send.inFlight, { pauseMs, nowMs });
    case 'rate':
      forgetWall(state.window);
      return learnRate(state, send, nowMs);
    default: {
      const unknown: never = cause;
      throw new Error(`unknown cause ${JSON.stringify(unknown)}`);
    }
  }
}

/**
 * What was admitted lately, and where that is little, as many a second as may be in flight: so that
 * after a pause not everything goes out at once.
 */
function guessRate(state: LaneState, send: Send, nowMs: number): Pacer {
  const { requests, overMs } = deliveredLately(state.evidence, send);
  const least = (concurrencyOf(state.window) * overMs) / 1_000;
  state.pacer ??= createPacer({ requests: Math.max(requests, least), overMs }, nowMs);
  return state.pacer;
}

function learnRate(state: LaneState, send: Send, nowMs: number): void {
  const { evidence, episodes } = state;
  const pacer = guessRate(state, send, nowMs);
  const calmMs = Math.max(CALM_MS, CALM_REQUESTS / rateOf(pacer.curve, nowMs)) + episodes.pauseMs;
  const delivered = deliveredBefore(evidence, send, calmMs);
  const { isCatchingUp } = send;
  paceBy(pacer, delivered, { isCatchingUp, pauseMs: episodes.pauseMs, nowMs });
}

interface Pause {
  readonly untilMs: number;
  readonly pausedBy: PauseCause;
  readonly nowMs: number;
}

function beginPause(
  state: LaneState,
  { untilMs, pausedBy, nowMs }: Pause,
): { readonly pausedUntilMs: number } {
  if (untilMs > state.pausedUntilMs) pauseUntil(state, { untilMs, pausedBy, nowMs });
  return { pausedUntilMs: state.pausedUntilMs };
}

/** The rest of a burst starts no pause of its own, but a server that asks for longer is heard. */
function extendPause(
  state: LaneState,
  { untilMs, pausedBy, nowMs }: Pause,
): { readonly pausedUntilMs: number } | undefined {
  const byMs = untilMs - state.pausedUntilMs;
  if (byMs <= 0) return undefined;
  pauseUntil(state, { untilMs, pausedBy, nowMs });
  return byMs > TOLD_EXTENSION_MS ? { pausedUntilMs: untilMs } : undefined;
}

/** Nothing is sent in a pause, so a rate that was found does not rise in it. */
function pauseUntil(state: LaneState, { untilMs, pausedBy, nowMs }: Pause): void {
  if (state.pacer) holdRate(state.pacer, untilMs - Math.max(nowMs, state.pausedUntilMs));
  state.pausedUntilMs = untilMs;
  state.pausedBy = pausedBy;
}
