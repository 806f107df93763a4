import type { LimitKind } from '../manifest/limit-names.ts';
import type { AnnouncedLimit } from '../providers/provider.ts';
import { firstCapacity, measure, spanFor } from './mirror-capacity.ts';
import { PLATEAU_MS, rateOf, type RateCurve } from './rate-curve.ts';

/**
 * Our copy of a bucket that a server keeps and announces: what it holds by the last answers and by
 * what was sent since. Changed in place; whoever holds it passes the time in.
 */
export interface Mirror {
  readonly kind: LimitKind;
  /** The span that the header's name told; undefined: by what its values allow, a minute at first. */
  readonly toldSpanMs: number | undefined;
  spanMs: number;
  /** How many answers in a row told of a longer one. */
  longerTold: number;
  limit: number;
  /** The most it holds: by `remaining + reset × rate`, averaged. Often a second's worth of the limit. */
  capacity: number;
  /** Set once it was found to hold less than its headers make out. */
  mostHeld: number | undefined;
  level: number;
  /** When `level` was true. */
  atMs: number;
  /** When it was last found to be higher than thought. */
  raisedMs: number;
  /** Everything that was ever taken, settled. */
  debits: number;
  /** Everything that ever flowed in, as far as it held it. */
  supplied: number;
  /** Estimates of what is in flight. */
  reserved: number;
  /** Set where a request is charged only when it is answered: output counts as it is written. */
  readonly late: LateCharge | undefined;
  /** Set while the server refuses at the rate that it announces. */
  curve: RateCurve | undefined;
  /** The last time it was found empty although we thought otherwise. */
  offence:
    | { readonly atMs: number; readonly debits: number; readonly supplied: number }
    | undefined;
  /** What was refused since. */
  refusedSince: number;
}

/** Of a limit that charges a request when it is answered: what is in flight is still to come. */
interface LateCharge {
  /** What the server's bucket holds, nothing taken off for what is in flight. */
  held: number;
  /** How long answers take on average: so much flows in before what is sent now is charged. */
  delayMs: number;
}

/** What one request took from a mirror. */
export interface Share {
  readonly weight: number;
  /** The mirror's `debits` right after. */
  readonly debits: number;
  /** The mirror's `reserved` right after. */
  readonly reserved: number;
}

/** A request, and what it took from each mirror that there was. */
interface Sent {
  readonly atMs: number;
  readonly shares: ReadonlyMap<Mirror, Share>;
}

/** A second offence within this long says that the rate is wrong, not the level. */
const SAME_TROUBLE_MS = 10_000;

/** Requests may reach the server closer together than they were sent: kept back, in milliseconds of the rate. */
const MARGIN_MS = 50;

export function createMirror(
  announced: AnnouncedLimit & { readonly limit: number },
  nowMs: number,
): Mirror {
  const { kind, limit, remaining } = announced;
  const spanMs = announced.spanMs ?? spanFor(announced.resetMs ?? 0);
  return {
    kind,
    toldSpanMs: announced.spanMs,
    spanMs,
    longerTold: 0,
    limit,
    capacity: firstCapacity(announced, { limit, spanMs }),
    mostHeld: undefined,
    level: remaining ?? limit,
    atMs: nowMs,
    raisedMs: -Infinity,
    debits: 0,
    supplied: 0,
    reserved: 0,
    late: kind === 'output_tokens' ? { held: remaining ?? limit, delayMs: 0 } : undefined,
    curve: undefined,
    offence: undefined,
    refusedSince: 0,
  };
}

/** Per millisecond. */
function mirrorRate(mirror: Mirror, nowMs: number): number {
  const announced = mirror.limit / mirror.spanMs;
  return mirror.curve ? Math.min(announced, rateOf(mirror.curve, nowMs)) : announced;
}

/** The earliest time, not before `nowMs`, at which the bucket holds enough. */
export function mirrorRoomAt(mirror: Mirror, weight: number, nowMs: number): number {
  refill(mirror, nowMs);
  const { level, capacity, late } = mirror;
  const rate = mirrorRate(mirror, nowMs);
  const margin = Math.min(rate * MARGIN_MS, capacity * 0.1);
  const needed = Math.min(weight + Math.max(margin, unsure(mirror, weight)), capacity);
  const missing = Math.max(needed - level, late ? margin - late.held : 0);
  return missing <= 0 ? nowMs : nowMs + missing / rate;
}

/**
 * How far what is in flight may come out from what was reserved: the spread of a sum, were each of
 * them off by an answer's length, and half as much again, since nobody knows when they end either.
 * Known beforehand where requests are charged as they come in.
 */
function unsure({ late, reserved, capacity }: Mirror, weight: number): number {
  return late ? Math.min(capacity / 2, 1.5 * Math.sqrt(weight * Math.max(0, reserved))) : 0;
}

export function debitMirror(mirror: Mirror, weight: number, nowMs: number): Share {
  refill(mirror, nowMs);
  mirror.level -= weight;
  mirror.debits += weight;
  mirror.reserved += weight;
  return { weight, debits: mirror.debits, reserved: mirror.reserved };
}

/** Puts what was used in the place of what was reserved; `used` is undefined when nobody knows. */
export function settleMirror(
  mirror: Mirror,
  share: Share,
  { used, nowMs }: { readonly used: number | undefined; readonly nowMs: number },
): void {
  refill(mirror, nowMs);
  mirror.reserved -= share.weight;
  if (used === undefined) return;
  mirror.level = Math.min(mirror.capacity, mirror.level + share.weight - used);
  if (mirror.late) mirror.late.held -= used;
  mirror.debits += used - share.weight;
}

/**
 * Corrects the mirror by what an answer announced. Servers stamp `remaining` when they admit a
 * request or when they answer it, and nobody says which. Both readings, corrected for what happened
 * since, bound the truth.
 */
export function reconcile(
  mirror: Mirror,
  announced: AnnouncedLimit,
  { sent, nowMs }: { readonly sent: Sent; readonly nowMs: number },
): void {
  const share = sent.shares.get(mirror);
  if (!share) return;
  refill(mirror, nowMs);
  if (announced.limit !== undefined && announced.limit !== mirror.limit) {
    adoptLimit(mirror, announced.limit);
  }
  measure(mirror, announced, mirrorRate(mirror, nowMs));
  const { remaining } = announced;
  if (remaining === undefined) return;
  // Half full, and not for a pause: the announced rate was not too high after all.
  const isCalm = nowMs - (mirror.offence?.atMs ?? -Infinity) > SAME_TROUBLE_MS;
  if (isCalm && remaining >= mirror.capacity / 2) mirror.curve = undefined;
  const rate = mirrorRate(mirror, nowMs);
  const refilled = Math.min(mirror.capacity, remaining + rate * (nowMs - sent.atMs));
  const { late } = mirror;
  if (!late) {
    const byAdmission = refilled - (mirror.debits - share.debits);
    const level = corrected(mirror.level, byAdmission, remaining);
    if (level <= mirror.level) mirror.level = level;
    else if (sent.atMs >= mirror.raisedMs) {
      // What is in flight by now knows nothing of this rise: to rise again for it would be too much.
      mirror.level = level;
      mirror.raisedMs = nowMs;
    }
    return;
  }
  // Whatever was answered since; what is in flight was charged neither then nor now.
  const chargedSince = mirror.debits - mirror.reserved - (share.debits - share.reserved);
  // A bucket in debt is announced as empty.
  const byAnswer = remaining === 0 ? -Infinity : remaining;
  // In the time of an answer more flows in and out again than it ever holds at once.
  const inflow = rate * (nowMs - sent.atMs);
  const byAdmission = Math.min(mirror.capacity, remaining + inflow - chargedSince);
  late.held = corrected(late.held, byAdmission, byAnswer);
  const level = levelBy(late, mirror, rate);
  mirror.level = corrected(mirror.level, level, level);
}

/** Down at once to the higher of two readings, half the way up to the lower one. */
function corrected(value: number, reading: number, other: number): number {
  const low = Math.min(reading, other);
  return value < low ? value + (low - value) / 2 : Math.min(value, Math.max(reading, other));
}

/** What there is for more requests: by the time they are charged, so is what is in flight now. */
function levelBy({ held, delayMs }: LateCharge, mirror: Mirror, rate: number): number {
  return Math.min(mirror.capacity, held + rate * delayMs - mirror.reserved);
}

/** The mirror of an announced limit, if there is one. */
export function mirrorOf(
  mirrors: readonly Mirror[],
  { kind, spanMs }: AnnouncedLimit,
): Mirror | undefined {
  return mirrors.find((mirror) => mirror.kind === kind && mirror.toldSpanMs === spanMs);
}

/** What was refused was not delivered. */
export function noteRefusedShare(mirror: Mirror, share: Share | undefined): void {
  const { offence } = mirror;
  if (share && offence && share.debits > offence.debits) mirror.refusedSince += share.weight;
}

/**
 * The bucket was empty when we thought that it was not. The first time only the level was wrong;
 * again soon after, so is the rate, and what was taken in between tells the right one.
 */
export function foundEmpty(
  mirror: Mirror,
  sent: Sent,
  {
    resumedMs,
    nowMs,
  }: {
    /** The end of the latest pause. */
    readonly resumedMs: number;
    readonly nowMs: number;
  },
): void {
  const share = sent.shares.get(mirror);
  if (!share) return;
  refill(mirror, nowMs);
  // Far from empty, we thought: it holds less than we think.
  if (mirror.level > mirror.capacity / 2) mirror.capacity = Math.max(1, mirror.capacity / 2);
  mirror.level = Math.min(mirror.level, 0);
  if (mirror.late) mirror.late.held = Math.min(0, mirror.late.held);
  const before = mirror.offence;
  const { weight, debits } = share;
  if (before && sent.atMs - before.atMs < SAME_TROUBLE_MS && sent.atMs > before.atMs) {
    const rate = mirrorRate(mirror, nowMs);
    const taken = debits - weight - before.debits - mirror.refusedSince;
    const sinceResumedMs = sent.atMs - resumedMs;
    const held = taken - rate * sinceResumedMs;
    const isSoon = sinceResumedMs < (resumedMs - before.atMs) / 4;
    if (isSoon && held < mirror.capacity / 2) {
      // Soon after a pause it was as full as it gets, and held far less than thought.
      mirror.mostHeld = Math.max(1, mirror.capacity / 2, held);
      mirror.capacity = mirror.mostHeld;
    } else {
      // Empty at both ends, so what was taken flowed in: within the time, a pause included, or, where
      // it was full for some of the time, within as much as it had room for.
      const inflow = isSoon ? rate * (sent.atMs - before.atMs) : mirror.supplied - before.supplied;
      const factor = taken / Math.max(1, inflow);
      const reference = rate * Math.min(0.99, Math.max(0.5, factor));
      mirror.curve = { reference, sinceMs: nowMs, plateauMs: PLATEAU_MS };
    }
  }
  mirror.offence = { atMs: sent.atMs, debits, supplied: mirror.supplied };
  mirror.refusedSince = 0;
}

function refill(mirror: Mirror, nowMs: number): void {
  const passedMs = nowMs - mirror.atMs;
  if (passedMs <= 0) return;
  const room = Math.max(0, mirror.capacity - mirror.level);
  const refill = passedMs * mirrorRate(mirror, nowMs);
  const inflow = Math.min(room, refill);
  mirror.level += inflow;
  mirror.supplied += inflow;
  const { late } = mirror;
  if (late) late.held = Math.min(mirror.capacity, late.held + refill);
  mirror.atMs = nowMs;
}

function adoptLimit(mirror: Mirror, limit: number): void {
  mirror.capacity *= limit / mirror.limit;
  mirror.limit = limit;
  mirror.mostHeld = undefined;
  mirror.level = Math.min(mirror.level, mirror.capacity);
  mirror.curve = undefined;
  mirror.offence = undefined;
}
