import type { AnnouncedLimit } from '../providers/provider.ts';
import type { Mirror } from './mirror.ts';

const SPANS_MS = [60_000, 3_600_000, 86_400_000, 31 * 86_400_000] as const;

/** How much of a measured capacity is believed each time. */
const CAPACITY_SHARE = 0.2;

const TOLD_TO_BELIEVE = 3;

/** An error above this share makes a measurement worthless. */
const ROUGH = 0.1;

/** What a bucket that was just seen for the first time holds when it is full. */
export function firstCapacity(
  announced: AnnouncedLimit,
  { limit, spanMs }: { readonly limit: number; readonly spanMs: number },
): number {
  const rate = limit / spanMs;
  return holdsBy(announced, { limit, rate }) ?? leastHeld(announced, { limit, rate });
}

/** Learns the span and the capacity from `remaining` and `reset`. `rate`: what flows in a millisecond. */
export function measure(mirror: Mirror, announced: AnnouncedLimit, rate: number): void {
  const { remaining, resetMs } = announced;
  if (remaining !== undefined && remaining > mirror.capacity) {
    mirror.capacity = Math.min(remaining, mirror.limit);
    mirror.mostHeld = undefined;
  }
  if (mirror.toldSpanMs === undefined && resetMs !== undefined) noteReset(mirror, resetMs);
  const holds = holdsBy(announced, { limit: mirror.limit, rate }) ?? mirror.capacity;
  const measured = mirror.capacity + CAPACITY_SHARE * (holds - mirror.capacity);
  mirror.capacity = Math.min(measured, mirror.mostHeld ?? Infinity);
}

/** A longer span is believed once several answers in a row have told of it: a single one may be a slip. */
function noteReset(mirror: Mirror, resetMs: number): void {
  const spanMs = spanFor(resetMs);
  mirror.longerTold = spanMs > mirror.spanMs ? mirror.longerTold + 1 : 0;
  if (mirror.longerTold < TOLD_TO_BELIEVE) return;
  mirror.spanMs = spanMs;
  mirror.longerTold = 0;
}

/** What a bucket holds that will be full after `resetMs`; undefined when that was not told, or too roughly. */
function holdsBy(
  { remaining, resetMs, resetErrorMs }: AnnouncedLimit,
  { limit, rate }: { readonly limit: number; readonly rate: number },
): number | undefined {
  if (resetMs === undefined || remaining === undefined) return undefined;
  const holds = Math.max(1, Math.min(limit, remaining + resetMs * rate));
  return resetErrorMs * rate > ROUGH * holds ? undefined : holds;
}

/** Where no reset tells: what it held when it was first seen, or a second's worth. */
function leastHeld(
  { remaining }: AnnouncedLimit,
  { limit, rate }: { readonly limit: number; readonly rate: number },
): number {
  return Math.max(1, remaining ?? limit, 1_000 * rate);
}

/** The shortest usual span that a reset fits into; headers round up. */
export function spanFor(resetMs: number): number {
  return SPANS_MS.find((spanMs) => resetMs <= spanMs * 1.05) ?? SPANS_MS[3];
}
