import { LIMIT_NAMES, LIMITS, type LimitKind } from '../manifest/limit-names.ts';
import type { Limits } from '../manifest/manifest.ts';
import type { AnnouncedBucket } from './bucket.ts';
import { slotsOf, type ConcurrencyStart } from './concurrency.ts';
import { isMeasured } from './found-rate.ts';
import type { PaceState } from './state.ts';
import { START_CONCURRENCY } from './tuning.ts';

/** What a lane found out about its limits; as plain data, to be shown, kept and begun with another time. */
export interface Learned {
  /** What the server announced with its answers; empty when it announced nothing. */
  readonly announced: AnnouncedLimits;
  /** What was found by growing until the server refused, or until there was no more to send. */
  readonly found: FoundLimits;
}

export type AnnouncedLimits = Readonly<
  Omit<Limits, 'concurrency' | 'rps'> & Partial<Record<SpanlessName, number>>
>;

/** Limits whose span the server did not say. */
type SpanlessName = Extract<LimitKind, 'requests' | 'tokens'>;

export interface FoundLimits {
  /** Absent while nothing made it grow or shrink. */
  readonly concurrency?: FoundConcurrency;
  /** Requests per minute that an unannounced limit allows; absent while none was met. */
  readonly rpm?: number;
  /** Requests per minute that were sent, on average, without meeting such a limit; absent where they were few. */
  readonly outran?: number;
  /** Milliseconds that what was written to a cache has to rest before it is read; absent where it need not. */
  readonly cacheRestMs?: number;
  /** Milliseconds that a batch took to end once it was canceled, at most; absent where none was. */
  readonly batchCancelMs?: number;
}

export interface FoundConcurrency {
  /** Requests at once that the server took. */
  readonly taken: number;
  /** The number at once that it refused; absent when it refused none for that reason. */
  readonly refused?: number;
}

export function learnedFrom(state: PaceState): Learned {
  const concurrency = foundConcurrency(state);
  const { found } = state;
  const isMet = found !== undefined && isMeasured(found);
  const outran = isMet ? undefined : rateSent(state);
  return {
    announced: announcedBy(state.announced),
    found: {
      ...(concurrency && { concurrency }),
      ...(outran !== undefined && { outran }),
      ...(isMet && { rpm: Math.max(1, Math.round(found.curve.reference * MINUTE_MS)) }),
    },
  };
}

export function isNothing({ announced, found }: Learned): boolean {
  return Object.keys(announced).length === 0 && Object.keys(found).length === 0;
}

/**
 * Where a lane begins that has learned this another time: at half of what was taken at once, and no
 * higher than a second's worth of the rate, since a full burst meets a bucket that may hold no more.
 * From there it grows as ever, quickly up to what was taken if more was refused.
 */
export function learnedStart({ announced, found }: Learned): ConcurrencyStart | undefined {
  const { concurrency } = found;
  if (concurrency === undefined) return undefined;
  const { taken, refused } = concurrency;
  // One of an unknown span counts as a minute's, as it does for the lane until a reset says more.
  const perMinute = [found.rpm, announced.rpm, announced.requests].map((rpm) => rpm ?? Infinity);
  const aSecondsWorth = Math.min(...perMinute) / 60;
  const burst = Math.max(START_CONCURRENCY, Math.min(taken / 2, aSecondsWorth));
  return { size: Math.min(taken, burst), threshold: refused === undefined ? Infinity : taken };
}

const MINUTE_MS = 60_000;

function rateSent({ nextSequence, firstSentMs = 0, lastSentMs }: PaceState): number | undefined {
  const overMs = lastSentMs - firstSentMs;
  const isFew = nextSequence < 20 || overMs < 1_000;
  return isFew ? undefined : Math.round(((nextSequence - 1) / overMs) * MINUTE_MS);
}

/**
 * Those that a manifest could declare. A minute that no header's name said is only where a lane
 * begins to guess: such a limit may be a day's.
 */
function announcedBy(buckets: readonly AnnouncedBucket[]): AnnouncedLimits {
  const limits: Partial<Record<keyof AnnouncedLimits, number>> = {};
  for (const { kind, toldSpanMs, spanMs, limit } of buckets) {
    const isKnown = toldSpanMs !== undefined || spanMs > MINUTE_MS;
    const isNamed = (name: keyof typeof LIMITS): boolean =>
      LIMITS[name].kind === kind && LIMITS[name].spanMs === spanMs;
    const name = isKnown ? LIMIT_NAMES.find(isNamed) : undefined;
    if (name && name !== 'rps') limits[name] = limit;
    else if (toldSpanMs === undefined && isSpanless(kind)) limits[kind] = limit;
  }
  return limits;
}

function isSpanless(kind: LimitKind): kind is SpanlessName {
  return kind === 'requests' || kind === 'tokens';
}

/** A server that takes nothing at the moment says nothing about how much it takes. */
function foundConcurrency(state: PaceState): FoundConcurrency | undefined {
  const { concurrency, mostInFlight, probing } = state;
  if (probing) return undefined;
  // The number may grow ahead of what there is to send.
  const taken = Math.min(slotsOf(concurrency), mostInFlight);
  if (concurrency.ceiling !== undefined) return { taken, refused: concurrency.ceiling };
  return taken > concurrency.start ? { taken } : undefined;
}
