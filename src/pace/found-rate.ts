import { rateOf, refill, type FoundBucket, type RateCurve } from './bucket.ts';
import type { Delivered, Rate } from './recent-sends.ts';
import { FOUND_BURST_MS, MOST_TRUST, PLATEAU_MS, RATE_CUT } from './tuning.ts';

/** A guess is worth this many measurements. */
const LEAST_TRUST = 0.5;
/** A well-measured rate is kept for at least as long as this many requests take. */
const PLATEAU_REQUESTS = 100;

/**
 * A request rate that the server does not announce, derived from its refusals.
 *
 * Example: 100 per second are allowed, and 140 are sent. Between the first two refusals, 48
 * requests were admitted in 480 ms. The server's bucket was empty at both refusals, so it refills
 * at 100 per second. The rate starts at 97, is back at 100 after ten seconds, and rises further as
 * long as nothing is refused.
 */
export function createFoundRate({ requests, overMs }: Rate, nowMs: number): FoundBucket {
  return {
    source: 'found',
    kind: 'requests',
    curve: curveFrom(requests / overMs, LEAST_TRUST / MOST_TRUST, nowMs),
    level: 0,
    atMs: nowMs,
    lastTakenMs: -Infinity,
    trust: LEAST_TRUST,
    proven: 0,
  };
}

/**
 * A rate from an earlier run. It limits the first burst, and rises within seconds unless refusals
 * confirm it.
 */
export function learnedRate(rpm: number, nowMs: number): FoundBucket {
  const bucket = createFoundRate({ requests: rpm, overMs: 60_000 }, nowMs);
  distrust(bucket, nowMs);
  bucket.level = Math.max(1, rateOf(bucket.curve, nowMs) * FOUND_BURST_MS);
  return bucket;
}

/** Whether the rate was measured, not guessed. */
export function isMeasured({ trust }: FoundBucket): boolean {
  return trust > LEAST_TRUST;
}

/** Whether nothing was refused for as long as the rate is trusted. */
export function hasHeld(bucket: FoundBucket, nowMs: number): boolean {
  const { sinceMs, plateauMs } = bucket.curve;
  return nowMs > sinceMs + (isMeasured(bucket) ? plateauMs : PLATEAU_MS);
}

/**
 * Lowers the rate after a refusal. `delivered` is what was admitted since an earlier refusal, and
 * `lately` is what was admitted in the last second. `pauseMs` is how long the lane was kept from
 * sending since the earlier refusal. The server's bucket may have been full for part of that time,
 * which makes the measurement less certain.
 *
 * A rate far below one that worked is not trusted, because a server that stalls for a few seconds
 * refuses at random. Such a rate soon rises. If requests are then refused again, the low rate was
 * right.
 */
export function lowerRate(
  bucket: FoundBucket,
  delivered: Delivered | undefined,
  {
    lately,
    pauseMs,
    nowMs,
  }: { readonly lately: Rate; readonly pauseMs: number; readonly nowMs: number },
): void {
  refill(bucket, nowMs);
  bucket.level = Math.min(bucket.level, 0);
  const isUsed = lately.requests / lately.overMs > RATE_CUT * bucket.curve.reference;
  if (isUsed && hasHeld(bucket, nowMs)) bucket.proven = bucket.curve.reference;
  if (!delivered) return;
  const { requests, overMs, isSingle } = delivered;
  const rate = rateOf(bucket.curve, nowMs);
  const measured = (requests + 1 + bucket.trust) / (overMs + bucket.trust / rate);
  // If refusals are rare, the rate is at most this much too high.
  const reference = Math.min(rate, Math.max(measured, isSingle ? RATE_CUT * rate : 0));
  bucket.trust = Math.min(MOST_TRUST, Math.max(bucket.trust, requests / 4));
  const sureShare = overMs > pauseMs ? 1 - pauseMs / overMs : 0;
  const isDoubted = reference < RATE_CUT * bucket.proven;
  const trust = isDoubted ? LEAST_TRUST : sureShare * bucket.trust;
  bucket.curve = curveFrom(reference, trust / MOST_TRUST, nowMs);
}

/** The measured rate may be out of date: it rises within seconds unless refusals confirm it. */
export function distrust(bucket: FoundBucket, nowMs: number): void {
  bucket.trust = LEAST_TRUST;
  const reference = rateOf(bucket.curve, nowMs);
  bucket.curve = { reference, sinceMs: nowMs, plateauMs: 1_000 };
}

/** `trust`: from 0 to 1. A rate that is hardly more than a guess rises sooner. */
function curveFrom(reference: number, trust: number, nowMs: number): RateCurve {
  const fullMs = Math.max(PLATEAU_MS, PLATEAU_REQUESTS / reference);
  return { reference, sinceMs: nowMs, plateauMs: Math.max(0.05, trust) * fullMs };
}
