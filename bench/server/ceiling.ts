import { createBucket, type Bucket } from './bucket.ts';
import type { BucketName, ServerPlan } from './server-plan.ts';

/** The weight of one request, as the server counts it. */
export interface Weight {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export type Verdict =
  | { readonly kind: 'admitted' }
  /**
   * `waitMs`: how long until the request would have fit; undefined if the concurrency limit refused
   * it.
   */
  | { readonly kind: 'refused'; readonly waitMs: number | undefined }
  | { readonly kind: 'down' };

/** The limits of one server. Times are milliseconds since the first request. */
export interface Ceiling {
  admit(weight: Weight, nowMs: number): Verdict;
  /** Notes that the request was answered. */
  release(weight: Weight, nowMs: number): void;
  readonly buckets: readonly Bucket[];
  /**
   * The true limits as a share of the announced ones: 1 except after a change that is not
   * announced.
   */
  shareOfAnnounced(): number;
  inFlight(): number;
  /** The number of requests in flight, summed over milliseconds. */
  flightMs(nowMs: number): number;
  /** Applies the changes that the plan has for this moment. */
  tick(nowMs: number): void;
}

export function createCeiling(plan: ServerPlan): Ceiling {
  const buckets = plan.buckets.map(createBucket);
  let inFlight = 0;
  let flightMs = 0;
  let flightAtMs = 0;
  let changed = false;

  function countFlight(nowMs: number): void {
    flightMs += inFlight * (nowMs - flightAtMs);
    flightAtMs = nowMs;
  }

  function tick(nowMs: number): void {
    const { change } = plan;
    if (!change || changed || nowMs < change.atMs) return;
    changed = true;
    for (const bucket of buckets) bucket.scale(change.factor, change.atMs);
  }

  function admit(weight: Weight, nowMs: number): Verdict {
    tick(nowMs);
    const { outage } = plan;
    if (outage && nowMs >= outage.fromMs && nowMs < outage.untilMs) return { kind: 'down' };
    if (plan.concurrency !== undefined && inFlight >= plan.concurrency) {
      return { kind: 'refused', waitMs: undefined };
    }
    const waitMs = Math.max(0, ...buckets.map((bucket) => untilRoom(bucket, weight, nowMs)));
    if (waitMs > 0) {
      if (plan.refusalsCount) {
        for (const bucket of buckets) bucket.take(atAdmission(bucket.name, weight), nowMs);
      }
      return { kind: 'refused', waitMs };
    }
    for (const bucket of buckets) {
      bucket.take(atAdmission(bucket.name, weight), nowMs);
      bucket.grant(atAdmission(bucket.name, weight) + atAnswer(bucket.name, weight));
    }
    countFlight(nowMs);
    inFlight += 1;
    return { kind: 'admitted' };
  }

  return {
    admit,
    tick,
    buckets,
    release(weight, nowMs) {
      tick(nowMs);
      countFlight(nowMs);
      inFlight -= 1;
      for (const bucket of buckets) bucket.take(atAnswer(bucket.name, weight), nowMs);
    },
    shareOfAnnounced: () => (changed && plan.change?.announced === false ? plan.change.factor : 1),
    inFlight: () => inFlight,
    flightMs(nowMs) {
      countFlight(nowMs);
      return flightMs;
    },
  };
}

/**
 * Output tokens count when they have been produced; until then, a level above zero admits a
 * request.
 */
function atAdmission(name: BucketName, { inputTokens, outputTokens }: Weight): number {
  switch (name) {
    case 'requests':
      return 1;
    case 'tokens':
      return inputTokens + outputTokens;
    case 'input':
      return inputTokens;
    case 'output':
      return 0;
  }
}

function atAnswer(name: BucketName, { outputTokens }: Weight): number {
  return name === 'output' ? outputTokens : 0;
}

function untilRoom(bucket: Bucket, weight: Weight, nowMs: number): number {
  const needs = bucket.name === 'output' ? 1 : atAdmission(bucket.name, weight);
  const short = needs - bucket.level(nowMs);
  return short <= 0 ? 0 : (short / bucket.perSecond()) * 1_000;
}
