import { LIMIT_NAMES, LIMITS, type LimitKind } from '../manifest/declared-limits.ts';
import type { LimitName } from '../manifest/declared-limits.ts';
import type { Limits } from '../manifest/manifest.ts';
import { weightIn, type Load } from './tokens-per-limit.ts';
import { ANNOUNCED_MARGIN_MS, FOUND_BURST_MS, RATE_DIP } from './tuning.ts';

/**
 * One limit of a lane, wherever it comes from. All kinds have the same functions: `roomAt` says
 * when there is room for a request, `take` charges what the request is expected to use, and
 * `settle` replaces that with what it did use. They change the bucket in place. The caller passes
 * the time.
 *
 * A declared limit is a promise, so its bucket keeps an exact log. For example, with `rpm: 2`,
 * requests at 0 s and 3 s, and a margin of half a second, the next request is sent at 60.5 s. The
 * other buckets are copies of a bucket that the server keeps. They are refilled at the announced
 * rate, or at a rate that was derived from refusals.
 */
export type Bucket = DeclaredBucket | AnnouncedBucket | FoundBucket;

export interface DeclaredBucket {
  readonly source: 'declared';
  readonly name: LimitName;
  readonly kind: LimitKind;
  amount: number;
  /** Includes a margin, because requests may reach the server closer together than sent. */
  spanMs: number;
  /** Requests that still count, the oldest at `first`. */
  log: Share[];
  first: number;
  sum: number;
}

interface Refilling {
  readonly kind: LimitKind;
  /** What is left for more requests, without what those in flight are expected to use. */
  level: number;
  /** The time at which `level` was correct. */
  atMs: number;
  /** A rate below the announced one, derived from refusals. */
  curve: RateCurve | undefined;
}

export interface AnnouncedBucket extends Refilling {
  readonly source: 'announced';
  /**
   * The span that the header's name states. If undefined, `spanMs` is derived from the header's
   * values, and is a minute at first.
   */
  readonly toldSpanMs: number | undefined;
  spanMs: number;
  limit: number;
  /** The most that the bucket holds. Often a second's worth of the limit. */
  capacity: number;
  /**
   * `taken`: everything that was ever taken, with actual amounts where they are known. `reserved`:
   * the part that is still only an expectation.
   */
  taken: number;
  reserved: number;
  /** Set if requests are charged when they are answered, because output counts as it is written. */
  readonly late: LateCharge | undefined;
  /** When the bucket was last found fuller than we thought, and when it was last found empty. */
  raisedMs: number;
  emptyMs: number;
  /** Answers in a row that implied a longer span. */
  longerSeen: number;
  /**
   * When the whole limit becomes available at once, because the server counts in fixed windows;
   * otherwise Infinity.
   */
  wholeAtMs: number;
}

/** For a bucket that has not been charged for the requests in flight. */
export interface LateCharge {
  /** What the server's bucket holds, without subtracting anything for the requests in flight. */
  held: number;
  /**
   * How long answers take on average. The bucket refills for this long before a request that is
   * sent now is charged.
   */
  delayMs: number;
}

export interface FoundBucket extends Refilling {
  readonly source: 'found';
  readonly kind: 'requests';
  curve: RateCurve;
  lastTakenMs: number;
  /** How many measurements the rate counts for, up to `MOST_TRUST`. */
  trust: number;
  /** Per millisecond: the rate that worked before the latest refusals; 0 if none has worked yet. */
  proven: number;
}

/** What one request took from a bucket. */
export interface Share {
  readonly atMs: number;
  weight: number;
  /** The values of an announced bucket right after the request took its share. */
  readonly taken: number;
  readonly reserved: number;
}

/**
 * A rate that starts a little below the one that failed, levels off near it, and then rises faster
 * the longer nothing fails (the cubic curve that TCP CUBIC uses for its window).
 */
export interface RateCurve {
  /** Per millisecond: the rate at which it failed. */
  readonly reference: number;
  readonly sinceMs: number;
  /** How long after `sinceMs` the rate is back at its reference. */
  readonly plateauMs: number;
}

export function declaredBuckets(limits: Limits): DeclaredBucket[] {
  return LIMIT_NAMES.flatMap((name): DeclaredBucket[] => {
    const declared = limits[name];
    if (declared === undefined) return [];
    // Half a request per second is one every two seconds.
    const stretch = declared > 0 && declared < 1 ? 1 / declared : 1;
    const spanMs = enforcedSpanMs(name) * stretch;
    const amount = stretch === 1 ? declared : 1;
    const { kind } = LIMITS[name];
    return [{ source: 'declared', name, kind, amount, spanMs, log: [], first: 0, sum: 0 }];
  });
}

/** The declared span plus a margin of 2%, at least 20 ms and at most 500 ms. */
export function enforcedSpanMs(limit: LimitName): number {
  const { spanMs } = LIMITS[limit];
  return spanMs + Math.min(500, Math.max(20, spanMs * 0.02));
}

/** The earliest time, not before `nowMs`, at which there is room for a request. */
export function roomAt(bucket: Bucket, load: Load, nowMs: number): number {
  const weight = weightOf(bucket, load);
  if (bucket.source === 'declared') return windowRoomAt(bucket, weight, nowMs);
  refill(bucket, nowMs);
  const rate = rateNow(bucket, nowMs);
  if (bucket.source === 'found') {
    const byLevel = bucket.level >= 1 ? nowMs : nowMs + (1 - bucket.level) / rate;
    // After a time with few requests, the lane catches up at no more than twice the rate.
    const gapMs = 1 / (2 * rate);
    return gapMs < 1 ? byLevel : Math.max(byLevel, bucket.lastTakenMs + gapMs);
  }
  const { level, capacity, late, reserved } = bucket;
  const margin = Math.min(rate * ANNOUNCED_MARGIN_MS, capacity * 0.1);
  // The error in what requests in flight are expected to use: 1.5 × the spread of a sum, and at
  // most half of the capacity.
  const spread = late ? 1.5 * Math.sqrt(weight * Math.max(0, reserved)) : 0;
  const needed = Math.min(weight + Math.max(margin, Math.min(capacity / 2, spread)), capacity);
  const missing = Math.max(needed - level, late ? margin - late.held : 0);
  return missing <= 0 ? nowMs : Math.min(bucket.wholeAtMs, nowMs + missing / rate);
}

/** Records a request that is sent now. */
export function take(bucket: Bucket, load: Load, nowMs: number): Share {
  const weight = weightOf(bucket, load);
  const share = { atMs: nowMs, weight, taken: 0, reserved: 0 };
  if (bucket.source === 'declared') {
    bucket.log.push(share);
    bucket.sum += weight;
    return share;
  }
  refill(bucket, nowMs);
  bucket.level -= weight;
  if (bucket.source === 'found') {
    bucket.lastTakenMs = nowMs;
    return share;
  }
  bucket.taken += weight;
  bucket.reserved += weight;
  return { ...share, taken: bucket.taken, reserved: bucket.reserved };
}

/** Replaces what was expected with what was used; `used` is undefined if that is unknown. */
export function settle(bucket: Bucket, share: Share, used: Load | undefined, nowMs: number): void {
  const weight = used && weightIn(bucket.kind, used);
  if (bucket.source === 'declared') {
    const left = share.atMs <= nowMs - bucket.spanMs;
    if (weight === undefined || left) return;
    bucket.sum += weight - share.weight;
    share.weight = weight;
  } else if (bucket.source === 'announced') {
    refill(bucket, nowMs);
    bucket.reserved -= share.weight;
    if (weight === undefined) return;
    bucket.level = Math.min(bucket.capacity, bucket.level + share.weight - weight);
    if (bucket.late) bucket.late.held -= weight;
    bucket.taken += weight - share.weight;
  }
}

/**
 * What a request weighs in a bucket. In a declared limit, an expected answer longer than the whole
 * window counts only as the whole window: the expectation may be far too high, and a request cannot
 * do better than wait for an empty window.
 */
export function weightOf(bucket: Bucket, load: Load): number {
  const weight = weightIn(bucket.kind, load);
  return bucket.source === 'declared' ? Math.min(weight, bucket.amount) : weight;
}

/** The earliest time at which a declared limit has room for `weight`. */
export function windowRoomAt(bucket: DeclaredBucket, weight: number, nowMs: number): number {
  const { log, amount, spanMs } = bucket;
  for (let entry = log[bucket.first]; entry && entry.atMs <= nowMs - spanMs;) {
    bucket.sum -= entry.weight;
    bucket.first += 1;
    entry = log[bucket.first];
  }
  if (bucket.first === log.length) bucket.sum = 0;
  if (bucket.first > 1_000 && bucket.first > log.length / 2) {
    log.splice(0, bucket.first);
    bucket.first = 0;
  }
  let sum = bucket.sum;
  let atMs = nowMs;
  for (let at = bucket.first; sum + weight > amount && at < log.length; at += 1) {
    sum -= log[at]?.weight ?? 0;
    atMs = (log[at]?.atMs ?? 0) + spanMs;
  }
  return atMs;
}

/** The current rate, per millisecond. */
export function rateNow(bucket: AnnouncedBucket | FoundBucket, nowMs: number): number {
  const found = bucket.curve ? rateOf(bucket.curve, nowMs) : Infinity;
  return bucket.source === 'found' ? found : Math.min(bucket.limit / bucket.spanMs, found);
}

export function rateOf({ reference, sinceMs, plateauMs }: RateCurve, nowMs: number): number {
  const along = Math.max(0, nowMs - sinceMs) / plateauMs - 1;
  return reference * (1 + RATE_DIP * along ** 3);
}

export function refill(bucket: AnnouncedBucket | FoundBucket, nowMs: number): void {
  const passedMs = nowMs - bucket.atMs;
  if (passedMs <= 0) return;
  const rate = rateNow(bucket, nowMs);
  const capacity =
    bucket.source === 'announced' ? bucket.capacity : Math.max(1, rate * FOUND_BURST_MS);
  bucket.level = Math.min(capacity, bucket.level + passedMs * rate);
  if (bucket.source === 'announced' && nowMs >= bucket.wholeAtMs) {
    Object.assign(bucket, { level: bucket.limit, capacity: bucket.limit, wholeAtMs: Infinity });
  }
  if (bucket.source === 'announced' && bucket.late) {
    bucket.late.held = Math.min(capacity, bucket.late.held + passedMs * rate);
  }
  bucket.atMs = nowMs;
}
