import { LIMIT_NAMES, LIMITS, type LimitKind } from '../manifest/declared-limits.ts';
import type { Limits } from '../manifest/manifest.ts';
import type { AnnouncedBucket } from '../pace/bucket.ts';
import { slotsOf } from '../pace/concurrency.ts';
import { isMeasured } from '../pace/found-rate.ts';
import type { PaceStart } from '../pace/pace.ts';
import type { PaceState } from '../pace/pace-state.ts';
import { START_CONCURRENCY } from '../pace/tuning.ts';

/**
 * What a lane found out about its limits, as plain data that can be shown, saved, and used at the
 * start of another run.
 */
export interface Learned {
  /** What the server announced with its answers; empty if it announced nothing. */
  readonly announced: AnnouncedLimits;
  /**
   * What the lane found by growing until the server refused, or until there was nothing more to
   * send.
   */
  readonly found: FoundLimits;
}

export type AnnouncedLimits = Readonly<
  Omit<Limits, 'concurrency' | 'rps'> & Partial<Record<SpanlessName, number>>
>;

/** Limits whose span the server did not state. */
type SpanlessName = Extract<LimitKind, 'requests' | 'tokens'>;

export interface FoundLimits {
  /** Absent if nothing has made the concurrency grow or shrink. */
  readonly concurrency?: FoundConcurrency;
  /** Requests per minute that an unannounced limit allows; absent if no such limit was met. */
  readonly rpm?: number;
  /**
   * Requests per minute that were sent, on average, without meeting such a limit; absent if they
   * were few.
   */
  readonly outran?: number;
  /**
   * How many milliseconds a prefix must have been in the cache before it can be read; absent if it
   * can be read immediately.
   */
  readonly cacheRestMs?: number;
  /**
   * The longest time in milliseconds that a batch took to end after it was canceled; absent if none
   * was canceled.
   */
  readonly batchCancelMs?: number;
}

export interface FoundConcurrency {
  /** The number of concurrent requests that the server accepted. */
  readonly taken: number;
  /**
   * The number of concurrent requests that it refused; absent if it refused none for that reason.
   */
  readonly refused?: number;
}

/** `restMs`: how long a cached prefix needed before it could be read. */
export function learnedFrom(state: PaceState, restMs = 0): Learned {
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
      ...(restMs > 0 && { cacheRestMs: restMs }),
    },
  };
}

export function isNothing({ announced, found }: Learned): boolean {
  return Object.keys(announced).length === 0 && Object.keys(found).length === 0;
}

/**
 * Where a lane starts if an earlier run has learned this: at half of the concurrency that was
 * accepted, but at no more than a second's worth of the rate, because the server's bucket may not
 * have room for a larger burst. From there it grows as usual, and quickly up to the accepted
 * concurrency if more was refused.
 */
export function learnedStart({ announced, found }: Learned): PaceStart {
  const { concurrency, rpm } = found;
  if (concurrency === undefined) return { rpm };
  const { taken, refused } = concurrency;
  // A limit with an unknown span counts as per minute, as it does in the lane until a reset says
  // more.
  const perMinute = [rpm, announced.rpm, announced.requests].map((limit) => limit ?? Infinity);
  const aSecondsWorth = Math.min(...perMinute) / 60;
  const burst = Math.max(START_CONCURRENCY, Math.min(taken / 2, aSecondsWorth));
  const threshold = refused === undefined ? Infinity : taken;
  return { size: Math.min(taken, burst), threshold, rpm };
}

const MINUTE_MS = 60_000;

function rateSent({ nextSequence, firstSentMs = 0, lastSentMs }: PaceState): number | undefined {
  const overMs = lastSentMs - firstSentMs;
  const isFew = nextSequence < 20 || overMs < 1_000;
  return isFew ? undefined : Math.round(((nextSequence - 1) / overMs) * MINUTE_MS);
}

/**
 * The announced limits that a manifest could declare. If no header's name states the span, a minute
 * is only the lane's first guess: the limit may be per day.
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

/** While a server accepts nothing, it does not show how much it can accept. */
function foundConcurrency(state: PaceState): FoundConcurrency | undefined {
  const { concurrency, mostInFlight, probing } = state;
  if (probing) return undefined;
  // The server might have allowed more than there were requests to send.
  const taken = Math.min(slotsOf(concurrency), mostInFlight);
  if (concurrency.ceiling !== undefined) return { taken, refused: concurrency.ceiling };
  return taken > concurrency.start ? { taken } : undefined;
}
