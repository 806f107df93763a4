import { LIMIT_NAMES, LIMITS, weightIn, type LimitKind } from '../manifest/limit-names.ts';
import type { LimitName } from '../manifest/limit-names.ts';
import type { Limits } from '../manifest/manifest.ts';
import type { Load } from './load.ts';
import { ANNOUNCED_MARGIN_MS, FOUND_BURST_MS, RATE_DIP } from './tuning.ts';

/**
 * One limit of a lane, wherever it comes from. All are asked the same: when is there room for a
 * request (`roomAt`), take it (`take`), put what it used in place of what was expected (`settle`).
 * Changed in place; the time is passed in.
 *
 * A declared limit is a promise, so it keeps an exact log. With `rpm: 2`, requests at 0 s and 3 s, and
 * half a second of margin, the next goes out at 60.5 s. The others are copies of a bucket that the
 * server keeps, refilled by the announced rate or by one that was found by being refused.
 */
export type Bucket = DeclaredBucket | AnnouncedBucket | FoundBucket;

export interface DeclaredBucket {
  readonly source: 'declared';
  readonly name: LimitName;
  readonly kind: LimitKind;
  amount: number;
  /** With a margin, for the server sees requests a little closer together than they were sent. */
  spanMs: number;
  /** Requests that still count, the oldest at `first`. */
  log: Share[];
  first: number;
  sum: number;
}

interface Refilling {
  readonly kind: LimitKind;
  /** What there is for more requests: less what is expected of those in flight. */
  level: number;
  /** When `level` was true. */
  atMs: number;
  /** A rate below the announced one, found by being refused. */
  curve: RateCurve | undefined;
}

export interface AnnouncedBucket extends Refilling {
  readonly source: 'announced';
  /** The span in the header's name; undefined: by what its values allow, a minute at first. */
  readonly toldSpanMs: number | undefined;
  spanMs: number;
  limit: number;
  /** The most it holds. Often a second's worth of the limit. */
  capacity: number;
  /** Everything that was ever taken, settled, and the part of it that is only expected so far. */
  taken: number;
  reserved: number;
  /** Set where a request is charged when it is answered: output counts as it is written. */
  readonly late: LateCharge | undefined;
  /** When it was last found to be fuller than thought, and when last found empty. */
  raisedMs: number;
  emptyMs: number;
  /** Answers in a row that implied a longer span. */
  longerSeen: number;
  /** When all of the limit is there again at once, because the server counts by the clock; else Infinity. */
  wholeAtMs: number;
}

/** What is in flight is still to be charged. */
export interface LateCharge {
  /** What the server's bucket holds, nothing taken off for what is in flight. */
  held: number;
  /** How long answers take on average: so much flows in before what is sent now is charged. */
  delayMs: number;
}

export interface FoundBucket extends Refilling {
  readonly source: 'found';
  readonly kind: 'requests';
  curve: RateCurve;
  lastTakenMs: number;
  /** How many measurements the rate is worth, up to `MOST_TRUST`. */
  trust: number;
  /** Per millisecond: what held before the latest trouble; 0 while nothing did. */
  proven: number;
}

/** What one request took from a bucket. */
export interface Share {
  readonly atMs: number;
  weight: number;
  /** Of an announced bucket right after. */
  readonly taken: number;
  readonly reserved: number;
}

/**
 * A rate that starts a little below what failed, lingers there, and rises faster the longer nothing
 * fails (the cubic curve that TCP CUBIC uses for its window).
 */
export interface RateCurve {
  /** Per millisecond: the rate at which it failed. */
  readonly reference: number;
  readonly sinceMs: number;
  /** When it is back at its reference, after `sinceMs`. */
  readonly plateauMs: number;
}

export function declaredBuckets(limits: Limits): DeclaredBucket[] {
  return LIMIT_NAMES.flatMap((name): DeclaredBucket[] => {
    const declared = limits[name];
    if (declared === undefined) return [];
    // Half a request per second is one in two seconds.
    const stretch = declared > 0 && declared < 1 ? 1 / declared : 1;
    const spanMs = enforcedSpanMs(name) * stretch;
    const amount = stretch === 1 ? declared : 1;
    const { kind } = LIMITS[name];
    return [{ source: 'declared', name, kind, amount, spanMs, log: [], first: 0, sum: 0 }];
  });
}

/** 2% longer than declared, 20 to 500 ms. */
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
    // What was not sent for a while is made up for at twice the rate.
    const gapMs = 1 / (2 * rate);
    return gapMs < 1 ? byLevel : Math.max(byLevel, bucket.lastTakenMs + gapMs);
  }
  const { level, capacity, late, reserved } = bucket;
  const margin = Math.min(rate * ANNOUNCED_MARGIN_MS, capacity * 0.1);
  // The error in what is expected of those in flight: 1.5 × the spread of a sum, at most half.
  const spread = late ? 1.5 * Math.sqrt(weight * Math.max(0, reserved)) : 0;
  const needed = Math.min(weight + Math.max(margin, Math.min(capacity / 2, spread)), capacity);
  const missing = Math.max(needed - level, late ? margin - late.held : 0);
  return missing <= 0 ? nowMs : Math.min(bucket.wholeAtMs, nowMs + missing / rate);
}

/** Enters a request as sent now. */
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

/** Puts what was used in place of what was expected; `used` is undefined when nobody knows. */
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
 * In a declared limit, an expected answer longer than the whole window is cut to it: the guess may be
 * far too high, and a request that waits for an empty window can do no better.
 */
export function weightOf(bucket: Bucket, load: Load): number {
  const weight = weightIn(bucket.kind, load);
  return bucket.source === 'declared' ? Math.min(weight, bucket.amount) : weight;
}

/** The earliest time at which a declared limit has room for so much. */
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

/** Per millisecond. */
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
