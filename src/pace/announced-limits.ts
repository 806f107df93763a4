import type { AnnouncedLimit } from '../providers/provider.ts';
import { rateNow, refill, type AnnouncedBucket, type LateCharge, type Share } from './bucket.ts';
import { CAPACITY_SHARE, PLATEAU_MS, RATE_CUT } from './tuning.ts';

/**
 * Our copy of a bucket that a server announces. Headers correct it from above and below. A server
 * reads `remaining` either when it admits a request or when it answers it, and we do not know
 * which.
 *
 * Example: the limit is 6,000 per minute, which is 0.1 per ms. A request is sent at 0 ms, and 40
 * more follow. At 800 ms, the answer to the first one says `remaining: 60`. If the server read that
 * at the answer, the level is 60. If it read that at admission, the level is 60 + 80 refilled - 40
 * sent = 100. Our copy, at 110, is above both, so it becomes 100.
 */
export function createAnnounced(
  announced: AnnouncedLimit & { readonly limit: number },
  nowMs: number,
): AnnouncedBucket {
  const { kind, limit, remaining } = announced;
  const spanMs = announced.spanMs ?? spanFor(announced.resetMs ?? 0);
  const level = remaining ?? limit;
  const rate = limit / spanMs;
  return {
    source: 'announced',
    kind,
    toldSpanMs: announced.spanMs,
    spanMs,
    limit,
    capacity: heldBy(announced, limit, rate) ?? Math.max(1, level, 1_000 * rate),
    level,
    atMs: nowMs,
    taken: 0,
    reserved: 0,
    late: kind === 'output_tokens' ? { held: level, delayMs: 0 } : undefined,
    curve: undefined,
    raisedMs: -Infinity,
    emptyMs: -Infinity,
    longerSeen: 0,
    wholeAtMs: Infinity,
  };
}

/** Our copy of the bucket that was announced; undefined the first time. */
export function bucketOf(
  { kind, spanMs }: AnnouncedLimit,
  known: readonly AnnouncedBucket[],
): AnnouncedBucket | undefined {
  return known.find((bucket) => bucket.kind === kind && bucket.toldSpanMs === spanMs);
}

/** Corrects the copy with the headers of the answer to a request that had taken `share`. */
export function reconcile(
  bucket: AnnouncedBucket,
  announced: AnnouncedLimit,
  { share, nowMs }: { readonly share: Share | undefined; readonly nowMs: number },
): void {
  if (!share) return;
  refill(bucket, nowMs);
  if (announced.limit !== undefined && announced.limit !== bucket.limit) {
    adoptLimit(bucket, announced.limit);
  }
  measure(bucket, announced, rateNow(bucket, nowMs));
  const { remaining } = announced;
  if (remaining === undefined) return;
  const rate = rateNow(bucket, nowMs);
  const refilled = remaining + rate * (nowMs - share.atMs);
  if (bucket.late) return reconcileLate(bucket, bucket.late, { refilled, remaining, share, rate });
  const byAdmission = Math.min(bucket.capacity, refilled) - (bucket.taken - share.taken);
  const level = corrected(bucket.level, byAdmission, remaining);
  // Requests sent before the last rise do not reflect it, so their answers must not cause another
  // one.
  if (level > bucket.level && share.atMs < bucket.raisedMs) return;
  if (level > bucket.level) bucket.raisedMs = nowMs;
  bucket.level = level;
}

interface Read extends Readonly<Record<'refilled' | 'remaining' | 'rate', number>> {
  readonly share: Share;
}

/**
 * Corrects a bucket that charges output as it is written: requests in flight were not charged yet,
 * neither when this one was admitted nor when it was answered.
 */
function reconcileLate(
  bucket: AnnouncedBucket,
  late: LateCharge,
  { refilled, remaining, share, rate }: Read,
): void {
  const chargedSince = bucket.taken - bucket.reserved - (share.taken - share.reserved);
  const byAdmission = Math.min(bucket.capacity, refilled - chargedSince);
  // A bucket in debt is announced as empty.
  late.held = corrected(late.held, byAdmission, remaining === 0 ? -Infinity : remaining);
  // By the time more requests are charged, those in flight now have been charged too.
  const level = Math.min(bucket.capacity, late.held + rate * late.delayMs - bucket.reserved);
  bucket.level = corrected(bucket.level, level, level);
}

/**
 * A value above both readings falls to the higher one; a value below both rises halfway to the
 * lower one.
 */
function corrected(value: number, reading: number, other: number): number {
  const low = Math.min(reading, other);
  return value < low ? value + (low - value) / 2 : Math.min(value, Math.max(reading, other));
}

/**
 * A request was refused because a bucket was empty, although we thought it had room. The first
 * time, only the level was wrong. If it happens again within ten seconds, the rate is wrong too.
 */
export function foundEmpty(bucket: AnnouncedBucket, share: Share | undefined, nowMs: number): void {
  if (!share) return;
  refill(bucket, nowMs);
  // We thought that the bucket was far from empty, so its capacity is lower than we think.
  if (bucket.level > bucket.capacity / 2) bucket.capacity = Math.max(1, bucket.capacity / 2);
  bucket.level = Math.min(bucket.level, 0);
  if (bucket.late) bucket.late.held = Math.min(0, bucket.late.held);
  const isAgain = share.atMs > bucket.emptyMs && share.atMs - bucket.emptyMs < PLATEAU_MS;
  if (isAgain) {
    const reference = rateNow(bucket, nowMs) * RATE_CUT;
    bucket.curve = { reference, sinceMs: nowMs, plateauMs: PLATEAU_MS };
  }
  bucket.emptyMs = share.atMs;
}

/** Servers round waits up to whole seconds. */
const ROUNDING_MS = 1_000;

/**
 * Handles a refusal with `remaining: 0` that asks for a wait until the limit is reset, although a
 * bucket that refills steadily would have room much sooner: the server counts in fixed windows, and
 * the whole limit is available again at the reset.
 *
 * Example: the limit is 10 per minute, with `remaining: 0`, `reset: 3s` and `retry-after: 3`. A
 * bucket would have room for one request in 6 s, and would be full in 60 s. So a new window must
 * begin in 3 s, with room for ten requests.
 */
export function noteWindowEnd(
  bucket: AnnouncedBucket,
  { remaining, resetMs }: AnnouncedLimit,
  { askedMs, nowMs }: { readonly askedMs: number; readonly nowMs: number },
): void {
  if (remaining !== 0 || resetMs === undefined || askedMs < resetMs - ROUNDING_MS) return;
  const nextMs = 1 / rateNow(bucket, nowMs);
  const isWindow = resetMs < nextMs || askedMs - ROUNDING_MS > 2 * nextMs;
  if (isWindow) bucket.wholeAtMs = nowMs + Math.max(resetMs, askedMs);
}

function adoptLimit(bucket: AnnouncedBucket, limit: number): void {
  bucket.capacity *= limit / bucket.limit;
  bucket.limit = limit;
  bucket.level = Math.min(bucket.level, bucket.capacity);
  bucket.curve = undefined;
  bucket.emptyMs = -Infinity;
}

const SPANS_MS = [60_000, 3_600_000, 86_400_000, 31 * 86_400_000] as const;

/** The shortest usual span that is not shorter than the reset. Headers round resets up. */
function spanFor(resetMs: number): number {
  return SPANS_MS.find((spanMs) => resetMs <= spanMs * 1.05) ?? SPANS_MS[3];
}

/** Learns the span and the capacity from `remaining` and `reset`. */
function measure(bucket: AnnouncedBucket, announced: AnnouncedLimit, rate: number): void {
  const { remaining = 0, resetMs } = announced;
  bucket.capacity = Math.max(bucket.capacity, Math.min(remaining, bucket.limit));
  if (bucket.toldSpanMs === undefined && resetMs !== undefined) {
    // A longer span is believed once three answers in a row imply it: a single one may be wrong.
    const spanMs = spanFor(resetMs);
    bucket.longerSeen = spanMs > bucket.spanMs ? bucket.longerSeen + 1 : 0;
    if (bucket.longerSeen === 3) Object.assign(bucket, { spanMs, longerSeen: 0 });
  }
  const held = heldBy(announced, bucket.limit, rate) ?? bucket.capacity;
  bucket.capacity += CAPACITY_SHARE * (held - bucket.capacity);
}

/**
 * The capacity of a bucket that is full after `resetMs`; undefined if that is unknown or too
 * imprecise.
 */
function heldBy(
  { remaining, resetMs, resetErrorMs }: AnnouncedLimit,
  limit: number,
  rate: number,
): number | undefined {
  if (resetMs === undefined || remaining === undefined) return undefined;
  const held = Math.max(1, Math.min(limit, remaining + resetMs * rate));
  return resetErrorMs * rate > 0.1 * held ? undefined : held;
}
