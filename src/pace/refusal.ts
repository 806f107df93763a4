import { weightIn } from './tokens-per-limit.ts';
import type { AnnouncedLimit, AttemptFailure } from '../providers/provider.ts';
import type { Random } from '../ports/random.ts';
import { bucketOf, foundEmpty, noteWindowEnd } from './announced-limits.ts';
import { rateOf, type AnnouncedBucket } from './bucket.ts';
import {
  cutsInARow,
  growSlower,
  forgetCeiling,
  hitCeiling,
  holdGrowth,
  lowerCeiling,
  slotsOf,
} from './concurrency.ts';
import { createFoundRate, hasHeld, isMeasured, lowerRate } from './found-rate.ts';
import { beginProbing, probePauseMs } from './probe.ts';
import {
  anyAdmitted,
  deliveredBefore,
  deliveredLately,
  noteRefused,
  type Sent,
} from './recent-sends.ts';
import type { PaceState, PauseCause } from './pace-state.ts';
import {
  CALM_MS,
  CUTS_BEFORE_DOUBT,
  LONGEST_HOLD_MS,
  LONGEST_PROBE_PAUSE_MS,
  REFUSALS_MEAN_CLOSED,
} from './tuning.ts';

export interface Moment {
  readonly nowMs: number;
  readonly random: Random;
}

export interface Refusal {
  readonly failure: AttemptFailure;
  /** The limits that were announced with the refusal. */
  readonly announced: readonly AnnouncedLimit[];
}

/**
 * The assumed cause of a refusal: announced limits that were empty, too many concurrent requests,
 * or a rate above a limit that is not announced. `unsure`: one of the latter two. Both are lowered,
 * which is harmless if it was the other one.
 */
type Cause = readonly AnnouncedBucket[] | 'concurrency' | 'rate' | 'unsure';

/** A pause that is extended by more than this is reported like a new pause. */
const REPORTED_EXTENSION_MS = 1_000;

/**
 * Learns from a refusal: its cause, what to send less of, and how long to pause. Returns the end of
 * a pause that is worth reporting.
 *
 * Example: twelve requests are in flight, and the answer to one is 429 with `retry-after: 2` and
 * `remaining-requests: 0`. The bucket of requests is set to 0, and the lane pauses for 2 s and up
 * to a tenth more. The eleven others are refused as well. They were sent before this decrease, so
 * they cause no further decrease. A third refusal in a row, with nothing admitted in between, means
 * that the server is closed: probes find out when that ends.
 */
export function learnFromRefusal(
  state: PaceState,
  sent: Sent,
  { failure, announced, moment }: Refusal & { readonly moment: Moment },
): number | undefined {
  const { recent, concurrency } = state;
  const { nowMs, random } = moment;
  const askedMs = failure.retryAfterMs ?? 0;
  const isOverload = failure.code === 'OVERLOADED';
  const cause: PauseCause = isOverload ? 'overloaded' : 'rate_limited';
  noteRefused(recent, sent, { isOverload, nowMs });
  for (const told of announced) {
    const bucket = bucketOf(told, state.announced);
    if (bucket) noteWindowEnd(bucket, told, { askedMs, nowMs });
  }
  state.wasRefused = true;
  if (isOverload) holdGrowth(concurrency, nowMs + CALM_MS);
  if (failure.growsTooFast) growSlower(concurrency, nowMs + LONGEST_HOLD_MS);
  if (sent.sequence < state.episode.afterDecrease) {
    if (state.episode.isCeiling) lowerCeiling(concurrency, atServer(state));
    // The rest of a burst starts no new pause, but may make the current one longer.
    const isLonger = pauseUntil(state, nowMs + askedMs, cause) > REPORTED_EXTENSION_MS;
    return isLonger ? state.pausedUntilMs : undefined;
  }
  const { last, pauseMs: pausedBeforeMs } = state.episode;
  const isInARow = last !== undefined && !anyAdmitted(recent, { from: last, to: sent, nowMs });
  const { sinceMs, sizeBefore, ...before } = isInARow
    ? state.episode
    : { sinceMs: nowMs, sizeBefore: concurrency.size, streak: 0 };
  const streak = before.streak + 1;
  const isLimit = !isOverload && !failure.growsTooFast;
  const limit = isLimit ? causeOf(state, sent, { failure, announced }) : undefined;
  const isClosed = streak >= REFUSALS_MEAN_CLOSED && typeof limit !== 'object';
  // While a server admits nothing, its refusals do not reveal a limit.
  if (isClosed) beginProbing(state, { sizeBefore, nowMs });
  else if (limit) {
    decrease(state, sent, { cause: limit, pauseMs: askedMs, pausedBeforeMs, nowMs });
  }
  const ownMs = isClosed ? probePauseMs(state, { isOverload, nowMs }) : 0;
  // If a server keeps refusing after the wait that it asked for, that wait was too short.
  const isTooLittle = streak >= REFUSALS_MEAN_CLOSED;
  const patientMs = isTooLittle ? Math.min(LONGEST_PROBE_PAUSE_MS, (nowMs - sinceMs) / 2) : 0;
  const pauseMs = askedMs > 0 ? Math.max(askedMs, patientMs) : ownMs;
  const isCeiling = !isClosed && (limit === 'concurrency' || limit === 'unsure');
  const afterDecrease = state.nextSequence;
  state.episode = { afterDecrease, last: sent, streak, sinceMs, sizeBefore, pauseMs, isCeiling };
  if (pauseMs === 0) return undefined;
  pauseUntil(state, nowMs + pauseMs * (1 + 0.1 * random()), cause);
  return state.pausedUntilMs;
}

/** Extends the pause. Returns by how many milliseconds it is longer now. */
function pauseUntil(state: PaceState, untilMs: number, cause: PauseCause): number {
  const longerMs = untilMs - state.pausedUntilMs;
  if (longerMs > 0) Object.assign(state, { pausedUntilMs: untilMs, pausedBy: cause });
  return longerMs;
}

function causeOf(state: PaceState, sent: Sent, { failure, announced }: Refusal): Cause {
  const empty = announced.flatMap((told) => {
    const { remaining } = told;
    const isShort = remaining !== undefined && remaining < weightIn(told.kind, sent.load);
    return (isShort && bucketOf(told, state.announced)) || [];
  });
  if (empty.length > 0) return empty;
  if (sent.inFlight <= 1) return 'rate';
  if (failure.tooManyAtOnce) return 'concurrency';
  const known = announced.filter((told) => bucketOf(told, state.announced));
  // Some servers announce `remaining` but not the limit.
  if (announced.length > known.length && announced.some(({ remaining }) => remaining === 0)) {
    return 'rate';
  }
  const hasRoom = known.some(({ remaining }) => remaining !== undefined);
  const cuts = cutsInARow(state.concurrency, sent.atMs);
  if (hasRoom && cuts < CUTS_BEFORE_DOUBT) return 'concurrency';
  // Runs that share the lane learn of the first cut late, so the second may have the same cause.
  const cutsOfDoubt = state.runs > 1 && failure.retryAfterMs === undefined ? 2 : 1;
  // The lane may have been refused only because it rose above the rate that was measured.
  const { found } = state;
  const isAbove = found !== undefined && isMeasured(found) && hasHeld(found, sent.atMs);
  return cuts < cutsOfDoubt && !isAbove ? 'unsure' : 'rate';
}

interface Decrease extends Readonly<Record<'pauseMs' | 'pausedBeforeMs' | 'nowMs', number>> {
  readonly cause: Cause;
}

function decrease(state: PaceState, sent: Sent, decided: Decrease): void {
  const { concurrency } = state;
  const { cause, nowMs } = decided;
  if (typeof cause === 'object') {
    for (const bucket of cause) foundEmpty(bucket, sent.shares.get(bucket), nowMs);
    return;
  }
  if (cause === 'rate') forgetCeiling(concurrency);
  if (cause !== 'concurrency') learnRate(state, sent, decided);
  // Other requests that are refused in the same burst are still counted: see `lowerCeiling`.
  if (cause !== 'rate') hitCeiling(concurrency, atServer(state), decided);
}

/**
 * How many requests the server had when it refused this one. Requests whose outcome is being
 * written have left the server, although they still hold a slot.
 */
function atServer({ unanswered }: PaceState): number {
  return unanswered.size + 1;
}

/**
 * The first guess limits the burst after a pause: what was recently admitted, but at least as many
 * requests per second as there are slots.
 */
function learnRate(
  state: PaceState,
  sent: Sent,
  { cause, pausedBeforeMs: pauseMs, nowMs }: Decrease,
): void {
  const { recent, found } = state;
  const lately = deliveredLately(recent, sent);
  const { requests, overMs } = lately;
  const least = (slotsOf(state.concurrency) * overMs) / 1_000;
  state.found ??= createFoundRate({ requests: Math.max(requests, least), overMs }, nowMs);
  if (cause === 'unsure' && !(found && isMeasured(found))) return;
  // Longer if requests are rare, because refusals are then further apart.
  const calmMs = Math.max(CALM_MS, 8 / rateOf(state.found.curve, nowMs)) + pauseMs;
  const delivered = deliveredBefore(recent, sent, calmMs);
  lowerRate(state.found, delivered, { lately, pauseMs, nowMs });
}
