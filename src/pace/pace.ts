import type { Limits } from '../manifest/manifest.ts';
import type { AnnouncedLimit, AttemptFailure, Usage } from '../providers/provider.ts';
import type { TokenCounting } from '../providers/what-limits-count.ts';
import { bucketOf, createAnnounced, reconcile } from './announced-limits.ts';
import { roomAt, settle, take, type Bucket } from './bucket.ts';
import { grow, holdGrowth, slotsOf, type ConcurrencyStart } from './concurrency.ts';
import { learnedRate } from './found-rate.ts';
import { announcedLoad, declaredLoad, usedLoad, type Load } from './tokens-per-limit.ts';
import { withAnswer } from './estimate-output-tokens.ts';
import { endProbing, probeRoomAt, slotsNow } from './probe.ts';
import { noteSent, type Sent } from './recent-sends.ts';
import { learnFromRefusal, type Moment } from './refusal.ts';
import { createPaceState, type PaceState, type PauseCause } from './pace-state.ts';
import { CALM_MS, LONGEST_HOLD_MS } from './tuning.ts';

/**
 * Decides what a lane may send now. Nothing but these four functions changes its state: `room`
 * before a request, `sent` when it is sent, `answered` when an answer or a failure came back, and
 * `released` when its slot is free. The caller passes the time and sets the timers, so any moment
 * of a run can be replayed.
 */
export interface Pace {
  room(load: Load, nowMs: number): Room;
  sent(load: Load, nowMs: number): Sent;
  /** Returns when a new pause ends, if it is worth reporting. */
  answered(sent: Sent, answer: Answered, moment: Moment): number | undefined;
  released(): void;
  /** Read it, but do not change it. */
  readonly state: PaceState;
}

export type Room =
  | { readonly kind: 'free' }
  /** `untilMs`: when to ask again; undefined: once a request in flight is released. */
  | { readonly kind: 'wait'; readonly untilMs: number | undefined; readonly by: Blocker };

/**
 * What keeps a request from being sent: a limit, a pause, or the concurrency of the `lane` or the
 * `run`.
 */
export type Blocker = Bucket | 'lane' | 'run' | PauseCause;

/** The part of an outcome that concerns the lane. */
export interface Answered {
  readonly failure: AttemptFailure | undefined;
  /** Undefined if the model did no work. */
  readonly usage: Usage | undefined;
  readonly announced: readonly AnnouncedLimit[];
}

export interface PaceOptions {
  readonly limits: Limits;
  readonly policy: TokenCounting;
  readonly start?: PaceStart | undefined;
  readonly nowMs: number;
}

/** Where a lane starts: what an earlier run found, which may be out of date. */
export interface PaceStart extends ConcurrencyStart {
  /** Requests per minute that an unannounced limit allows. */
  readonly rpm?: number | undefined;
}

export function createPace({ limits, policy, start = {}, nowMs }: PaceOptions): Pace {
  const state = createPaceState(limits, policy, start);
  if (start.rpm !== undefined) state.found = learnedRate(start.rpm, nowMs);
  return {
    state,
    room: (load, atMs) => room(state, load, atMs),
    sent: (load, atMs) => sent(state, load, atMs),
    answered: (request, answer, moment) => answered(state, request, answer, moment),
    released: () => {
      state.inFlight -= 1;
    },
  };
}

function room(state: PaceState, load: Load, nowMs: number): Room {
  const { pausedUntilMs, pausedBy } = state;
  if (nowMs < pausedUntilMs) return { kind: 'wait', untilMs: pausedUntilMs, by: pausedBy };
  if (state.inFlight >= slotsNow(state)) return { kind: 'wait', untilMs: undefined, by: 'lane' };
  let untilMs = nowMs;
  let by: Blocker | undefined;
  const later = (roomMs: number, blocker: Blocker): void => {
    if (roomMs <= untilMs) return;
    untilMs = roomMs;
    by = blocker;
  };
  for (const bucket of buckets(state)) {
    const roomMs = roomAt(bucket, loadIn(state, bucket, load), nowMs);
    later(Math.min(roomMs, lookAtMs(state, bucket)), bucket);
  }
  later(probeRoomAt(state), pausedBy);
  return by ? { kind: 'wait', untilMs, by } : { kind: 'free' };
}

/**
 * When to send one request although a limit seems to have no room: its span is a guess, and without
 * a request in flight no answer would ever correct it.
 */
function lookAtMs({ inFlight, lastSentMs }: PaceState, bucket: Bucket): number {
  const isGuess = bucket.source === 'announced' && bucket.toldSpanMs === undefined;
  return inFlight === 0 && isGuess ? lastSentMs + LONGEST_HOLD_MS : Infinity;
}

function sent(state: PaceState, load: Load, nowMs: number): Sent {
  state.inFlight += 1;
  state.mostInFlight = Math.max(state.mostInFlight, state.inFlight);
  const { inFlight, nextSequence: sequence, probing } = state;
  const request: Sent = {
    sequence,
    atMs: nowMs,
    inFlight,
    isProbe: probing !== undefined,
    load: announcedLoad(state, load),
    shares: new Map(
      buckets(state).map((bucket) => [bucket, take(bucket, loadIn(state, bucket, load), nowMs)]),
    ),
    isRefused: false,
  };
  state.nextSequence += 1;
  state.firstSentMs ??= nowMs;
  state.lastSentMs = nowMs;
  state.unanswered.add(request);
  if (inFlight >= slotsOf(state.concurrency)) state.lastFull = sequence;
  if (probing) Object.assign(probing, { unrefused: probing.unrefused + 1, lastMs: nowMs });
  noteSent(state.recent, request);
  return request;
}

/**
 * If no usage is reported, the request keeps its share of each limit: the server may count refused
 * requests.
 */
function answered(
  state: PaceState,
  request: Sent,
  { usage, failure, announced }: Answered,
  moment: Moment,
): number | undefined {
  const { nowMs } = moment;
  state.unanswered.delete(request);
  const used = usage && usedLoad(usage, state.policy);
  for (const [bucket, share] of request.shares) {
    // A server that charges `max_tokens` does not return what was not used.
    const isFinal =
      bucket.source === 'announced' &&
      state.policy.countsMaxTokens &&
      bucket.kind !== 'input_tokens';
    settle(bucket, share, isFinal ? undefined : used, nowMs);
  }
  if (usage) {
    state.outputTokens = withAnswer(state.outputTokens, usage.outputTokens);
    state.durations = withAnswer(state.durations, nowMs - request.atMs);
  }
  for (const each of announced) learnAnnounced(state, request, { announced: each, nowMs });
  if (failure?.reach === 'lane') {
    return learnFromRefusal(state, request, { failure, announced, moment });
  }
  const { code } = failure ?? {};
  // Without any answer, nothing is known about limits.
  const isSilence = code === 'NETWORK' || code === 'TIMEOUT' || code === 'CANCELED';
  if (code === 'SERVER_ERROR' || isSilence) holdGrowth(state.concurrency, nowMs + CALM_MS);
  if (isSilence) {
    if (request.isProbe && state.probing) state.probing.unrefused = 0;
    return undefined;
  }
  state.answeredMs = nowMs;
  // The concurrency grows only if all slots were in use at some time since the request was sent.
  const isFull = state.lastFull >= request.sequence && !state.probing;
  if (request.isProbe) endProbing(state, nowMs);
  const isFast = state.announced.length > 0 || !state.wasRefused;
  if (!failure && isFull) grow(state.concurrency, { isFast, nowMs });
  return undefined;
}

/** Keeps our copy of an announced limit, from the first time that it is announced. */
function learnAnnounced(
  state: PaceState,
  request: Sent,
  { announced, nowMs }: { readonly announced: AnnouncedLimit; readonly nowMs: number },
): void {
  const known = bucketOf(announced, state.announced);
  if (known?.late) known.late.delayMs = state.durations.value;
  if (known) return reconcile(known, announced, { share: request.shares.get(known), nowMs });
  const { limit } = announced;
  if (limit === undefined) return;
  const fresh = createAnnounced({ ...announced, limit }, nowMs);
  for (const other of state.unanswered) {
    // The server may not have counted the requests sent since then. It has not counted those that
    // are charged late.
    if (!fresh.late && other.sequence < request.sequence) continue;
    other.shares.set(fresh, take(fresh, other.load, nowMs));
  }
  state.announced.push(fresh);
}

function buckets({ declared, announced, found }: PaceState): readonly Bucket[] {
  return found ? [...declared, ...announced, found] : [...declared, ...announced];
}

function loadIn(state: PaceState, { source }: Bucket, load: Load): Load {
  return source === 'declared' ? declaredLoad(state, load) : announcedLoad(state, load);
}

const CLOSED_FOR_GOOD = { ms: 600_000, rounds: 10 };

/**
 * How long the server has admitted nothing, in milliseconds; undefined while it is worth asking
 * again. After ten minutes and ten refusals, the lane gives up, so that an unattended run ends. A
 * later run can resume it.
 */
export function closedForGoodMs(state: PaceState, nowMs: number): number | undefined {
  const { episode, answeredMs, unanswered, recent } = state;
  const closedMs = nowMs - Math.max(episode.sinceMs, answeredMs);
  if (episode.streak < CLOSED_FOR_GOOD.rounds || closedMs < CLOSED_FOR_GOOD.ms) return undefined;
  // A request that has taken longer than refusals take is being answered.
  for (const { atMs } of unanswered) if (nowMs - atMs > recent.refusalMs) return undefined;
  return closedMs;
}
