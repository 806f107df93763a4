import { LIMIT_NAMES, LIMITS, type LimitKind, type LimitName } from '../manifest/limit-names.ts';
import type { Limits } from '../manifest/manifest.ts';
import { DEFAULT_START, type WindowStart } from './concurrency.ts';
import type { LaneState } from './lane-state.ts';
import { isMeasured } from './pacer.ts';

/** What a lane found out about its limits; as plain data, to be shown, kept and begun with another time. */
export interface Learned {
  /** What the server told with its answers; empty when it told nothing. */
  readonly announced: AnnouncedLimits;
  /** What was found by growing until the server refused, or until there was no more to send. */
  readonly found: FoundLimits;
}

export type AnnouncedLimits = Readonly<
  Omit<Limits, 'concurrency' | 'rps'> & Partial<Record<SpanlessName, number>>
>;

/** Limits of which the server did not tell for how long a time they are. */
type SpanlessName = Extract<LimitKind, 'requests' | 'tokens'>;

export interface FoundLimits {
  /** Absent while nothing made it grow or shrink. */
  readonly concurrency?: FoundConcurrency;
  /** Requests a minute that a limit nobody announced allows; absent while none was met. */
  readonly rpm?: number;
  /** Requests a minute that were sent, on average, without meeting such a limit; absent where they were few. */
  readonly outran?: number;
}

export interface FoundConcurrency {
  /** Requests at once that the server took. */
  readonly taken: number;
  /** The number at once that it refused; absent when it refused none for that reason. */
  readonly refused?: number;
}

export function learnedFrom(state: LaneState): Learned {
  const concurrency = foundConcurrency(state);
  const { pacer } = state;
  const isMet = pacer !== undefined && isMeasured(pacer);
  const outran = isMet ? undefined : rateSent(state);
  return {
    announced: announcedBy(state),
    found: {
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(outran === undefined ? {} : { outran }),
      ...(isMet ? { rpm: Math.max(1, Math.round(pacer.curve.reference * MINUTE_MS)) } : {}),
    },
  };
}

const FEW_REQUESTS = 20;

function rateSent({ nextSequence, firstSentMs = 0, lastSentMs }: LaneState): number | undefined {
  const overMs = lastSentMs - firstSentMs;
  return nextSequence < FEW_REQUESTS || overMs < 1_000
    ? undefined
    : Math.round(((nextSequence - 1) / overMs) * MINUTE_MS);
}

export function isNothing({ announced, found }: Learned): boolean {
  return Object.keys(announced).length === 0 && Object.keys(found).length === 0;
}

/**
 * Where a lane begins that has learned this another time: at half of what was taken at once, and no
 * higher than a second's worth of the rate, since a full burst meets a bucket that may hold no more.
 * From there it grows as ever, quickly up to what was taken if more was refused.
 */
export function learnedStart({ announced, found }: Learned): WindowStart | undefined {
  const { concurrency } = found;
  if (concurrency === undefined) return undefined;
  const { taken, refused } = concurrency;
  // One of an unknown span counts as a minute's, as it does for the lane until a reset tells more.
  const perMinute = [found.rpm, announced.rpm, announced.requests].map((rpm) => rpm ?? Infinity);
  const aSecondsWorth = Math.min(...perMinute) / 60;
  const burst = Math.max(DEFAULT_START, Math.min(taken / 2, aSecondsWorth));
  return { size: Math.min(taken, burst), threshold: refused === undefined ? Infinity : taken };
}

const MINUTE_MS = 60_000;
/**
 * Those that a manifest could declare; others bind too seldom to be worth a name. A minute that no
 * header's name told is only where a lane begins to guess: such a limit may be a day's.
 */
function announcedBy({ mirrors }: LaneState): AnnouncedLimits {
  const limits: Partial<Record<keyof AnnouncedLimits, number>> = {};
  for (const { kind, toldSpanMs, spanMs, limit } of mirrors) {
    const isKnown = toldSpanMs !== undefined || spanMs > MINUTE_MS;
    const named = isKnown ? LIMIT_NAMES.find(isLimit(kind, spanMs)) : undefined;
    if (named && named !== 'rps') limits[named] = limit;
    else if (toldSpanMs === undefined && isSpanless(kind)) limits[kind] = limit;
  }
  return limits;
}

function isLimit(kind: LimitKind, spanMs: number): (name: LimitName) => boolean {
  return (name) => LIMITS[name].kind === kind && LIMITS[name].spanMs === spanMs;
}

function isSpanless(kind: LimitKind): kind is SpanlessName {
  return kind === 'requests' || kind === 'tokens';
}

/** A server that takes nothing at the moment says nothing about how much it takes. */
function foundConcurrency(state: LaneState): FoundConcurrency | undefined {
  const { window, mostInFlight } = state;
  if (state.probe) return undefined;
  // A window may grow ahead of what there is to send.
  const taken = Math.min(Math.floor(window.size), mostInFlight);
  if (window.wall !== undefined) return { taken, refused: window.wall };
  return taken > window.start ? { taken } : undefined;
}
