import type { Delivered } from './evidence.ts';
import { PLATEAU_MS, rateOf, type RateCurve } from './rate-curve.ts';

/**
 * A rate of requests that no server told, found by being refused. Kept as a bucket: what was not
 * sent for a while may be sent later, at no more than twice the rate. Changed in place.
 */
export interface Pacer {
  curve: RateCurve;
  level: number;
  atMs: number;
  lastSentMs: number;
  /** The most that is caught up with: so many milliseconds of the rate. */
  burstMs: number;
  /** How many requests the rate was measured over, up to `MOST_TRUST`: new measurements are weighed against it. */
  trust: number;
}

const FIRST_BURST_MS = 1_000;
const LEAST_BURST_MS = 20;
const CATCH_UP = 2;
const LEAST_TRUST = 0.5;
const MOST_TRUST = 6;

/** A rate that was measured well is kept to for at least as long as so many requests take. */
const PLATEAU_REQUESTS = 100;
const LEAST_PLATEAU = 0.05;
const DISTRUSTED_MS = 1_000;

/** Refused once in a long while, the rate is at most this much too high. */
const SINGLE_CUT = 0.85;

/** A rate that has grown this far beyond what once failed binds nobody any more. */
const FORGOTTEN_AT = 4;

/** An empty bucket, with a rate that was seen for a moment only, or long ago. */
export function createPacer({ requests, overMs }: Delivered, nowMs: number): Pacer {
  return {
    curve: curveFrom(requests / overMs, LEAST_TRUST / MOST_TRUST, nowMs),
    level: 0,
    atMs: nowMs,
    lastSentMs: -Infinity,
    burstMs: FIRST_BURST_MS,
    trust: LEAST_TRUST,
  };
}

export function isForgotten({ curve }: Pacer, nowMs: number): boolean {
  return rateOf(curve, nowMs) > FORGOTTEN_AT * curve.reference;
}

/** Whether the rate was measured, not guessed. */
export function isMeasured({ trust }: Pacer): boolean {
  return trust > LEAST_TRUST;
}

/** The earliest time, not before `nowMs`, for the next request. */
export function pacerRoomAt(pacer: Pacer, nowMs: number): number {
  refill(pacer, nowMs);
  const rate = rateOf(pacer.curve, nowMs);
  const byLevel = pacer.level >= 1 ? nowMs : nowMs + (1 - pacer.level) / rate;
  const gapMs = 1 / (CATCH_UP * rate);
  return gapMs < 1 ? byLevel : Math.max(byLevel, pacer.lastSentMs + gapMs);
}

/** Takes one request; true when it went out to catch up, not because the rate allowed one more. */
export function debitPacer(pacer: Pacer, nowMs: number): boolean {
  refill(pacer, nowMs);
  pacer.level -= 1;
  pacer.lastSentMs = nowMs;
  return pacer.level >= 1;
}

/**
 * A request was refused: the rate is lower than it was. `delivered` is what was taken since a refusal
 * before; `isSingle` when there was none for long, so that it may have been demand that was low. The
 * server's bucket may have been full for some of `pauseMs`, so what was delivered is the less sure.
 */
export function paceBy(
  pacer: Pacer,
  delivered: (Delivered & { readonly isSingle: boolean }) | undefined,
  {
    isCatchingUp,
    pauseMs,
    nowMs,
  }: {
    /** Whether the refused request made up for others. */
    readonly isCatchingUp: boolean;
    /** How long the lane was kept from sending since the refusal before. */
    readonly pauseMs: number;
    readonly nowMs: number;
  },
): void {
  refill(pacer, nowMs);
  pacer.level = Math.min(pacer.level, 0);
  if (!delivered) return;
  const { requests, overMs, isSingle } = delivered;
  if (isCatchingUp && pacer.trust === MOST_TRUST) {
    // The server's bucket holds less than thought. Of its rate that says little, the first time.
    pacer.burstMs = Math.max(LEAST_BURST_MS, pacer.burstMs / 4);
    if (isSingle) return;
  }
  const rate = rateOf(pacer.curve, nowMs);
  const measured = (requests + 1 + pacer.trust) / (overMs + pacer.trust / rate);
  const reference = Math.min(rate, Math.max(measured, isSingle ? SINGLE_CUT * rate : 0));
  pacer.trust = Math.min(MOST_TRUST, Math.max(pacer.trust, requests / 4));
  const sureShare = overMs > pauseMs ? 1 - pauseMs / overMs : 0;
  pacer.curve = curveFrom(reference, (sureShare * pacer.trust) / MOST_TRUST, nowMs);
}

/** `trust`: from 0 to 1; what is little more than a guess is left sooner. */
function curveFrom(reference: number, trust: number, nowMs: number): RateCurve {
  const fullMs = Math.max(PLATEAU_MS, PLATEAU_REQUESTS / reference);
  return { reference, sinceMs: nowMs, plateauMs: Math.max(LEAST_PLATEAU, trust) * fullMs };
}

/** All that may be caught up with is there: nothing was sent lately. */
export function fill(pacer: Pacer, nowMs: number): void {
  pacer.level = Math.max(1, rateOf(pacer.curve, nowMs) * pacer.burstMs);
}

/** For so long nothing shows whether the server takes more. */
export function holdRate(pacer: Pacer, forMs: number): void {
  pacer.curve = { ...pacer.curve, sinceMs: pacer.curve.sinceMs + forMs };
}

/** What was measured may hold no more: it is left within seconds unless refusals confirm it. */
export function distrust(pacer: Pacer, nowMs: number): void {
  const reference = rateOf(pacer.curve, nowMs);
  pacer.trust = LEAST_TRUST;
  pacer.curve = { reference, sinceMs: nowMs, plateauMs: DISTRUSTED_MS };
}

function refill(pacer: Pacer, nowMs: number): void {
  const rate = rateOf(pacer.curve, nowMs);
  const most = Math.max(1, rate * pacer.burstMs);
  pacer.level = Math.min(most, pacer.level + Math.max(0, nowMs - pacer.atMs) * rate);
  pacer.atMs = nowMs;
}
