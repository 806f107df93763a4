import type { Limits } from '../manifest/manifest.ts';
import type { WaitedMs, WaitReason } from './events.ts';
import type { LaneState } from './lane-state.ts';
import { MIRROR_REASON } from './mirror.ts';
import { isMeasured } from './pacer.ts';
import { LIMIT_NAMES, LIMIT_REASON, LIMIT_SPAN_MS } from './windows.ts';

/** What a lane waited for most, and the limit that made it wait. */
export interface Bound {
  readonly reason: Exclude<WaitReason, 'retry'>;
  /** Of the time looked at, 0 to 1. */
  readonly share: number;
  /** Undefined for a pause, of which the server names none, and for `needs`. */
  readonly limit: LimitInForce | undefined;
  /**
   * Of the time that slots were held, 0 to 1, what went to keeping results rather than to requests in
   * flight. Only for `concurrency`, and only where it is much: more at once would not help then.
   */
  readonly keepingShare?: number;
}

/** What the slots of a lane were held for, in milliseconds, added up over all of them. */
export interface SlotUse {
  inFlightMs: number;
  keepingMs: number;
}

export interface LimitInForce {
  readonly amount: number;
  /** Undefined for requests at once. */
  readonly spanMs: number | undefined;
  /**
   * `declared` in the manifest, `announced` by the server, `met` by being refused; `growing` while
   * nothing has stopped the number at once from growing; `run`: the run's own bound on that number.
   */
  readonly source: 'declared' | 'announced' | 'met' | 'growing' | 'run';
}

/** Waits below this share of the time are not what a lane is held up by. */
const WORTH_TELLING = 0.1;
/** Beyond it, twice as many at once are far from half the time. */
const MUCH_KEEPING = 0.3;

const REASONS = ['rpm', 'tpm', 'itpm', 'otpm', 'concurrency', 'pause', 'needs'] as const;

/** Undefined while nothing holds the lane up much. */
export function boundOf(
  waitedMs: WaitedMs,
  overMs: number,
  lane: {
    readonly state: LaneState;
    readonly limits: Limits;
    /** The bound on requests at once over all lanes, when it is reached. */
    readonly runFullAt: number | undefined;
    readonly slotUse: Readonly<SlotUse>;
  },
): Bound | undefined {
  let most: Bound['reason'] = 'rpm';
  for (const reason of REASONS) {
    if ((waitedMs[reason] ?? 0) > (waitedMs[most] ?? 0)) most = reason;
  }
  const share = Math.min(1, (waitedMs[most] ?? 0) / overMs);
  if (!(share >= WORTH_TELLING)) return undefined;
  const limit = limitInForce(most, lane);
  const keepingShare = shareOfKeeping(lane.slotUse);
  const isKeeping = most === 'concurrency' && keepingShare >= MUCH_KEEPING;
  return { reason: most, share, limit, ...(isKeeping && { keepingShare }) };
}

function shareOfKeeping({ inFlightMs, keepingMs }: SlotUse): number {
  return keepingMs <= 0 ? 0 : keepingMs / (inFlightMs + keepingMs);
}

/** What held up most comes first; a lane that waits for the needs of its tasks, as others may be the cause, last. */
export function byWeight(one: Bound, other: Bound): number {
  return weight(other) - weight(one);
}

function weight({ reason, share }: Bound): number {
  return reason === 'needs' ? share - 1 : share;
}

function limitInForce(
  reason: Bound['reason'],
  lane: Parameters<typeof boundOf>[2],
): LimitInForce | undefined {
  if (reason === 'pause' || reason === 'needs') return undefined;
  if (reason === 'concurrency') return numberAtOnce(lane);
  const { state, limits } = lane;
  const declared = LIMIT_NAMES.flatMap((name): LimitInForce[] => {
    const amount = limits[name];
    if (amount === undefined || LIMIT_REASON[name] !== reason) return [];
    return [{ amount, spanMs: LIMIT_SPAN_MS[name], source: 'declared' }];
  });
  const announced = state.mirrors.flatMap(({ kind, limit, spanMs }): LimitInForce[] =>
    MIRROR_REASON[kind] === reason ? [{ amount: limit, spanMs, source: 'announced' }] : [],
  );
  const { pacer } = state;
  const met: LimitInForce[] =
    reason === 'rpm' && pacer && isMeasured(pacer)
      ? [{ amount: pacer.curve.reference * 60_000, spanMs: 60_000, source: 'met' }]
      : [];
  return [...declared, ...announced, ...met].toSorted(
    (one, other) => one.amount / (one.spanMs ?? 1) - other.amount / (other.spanMs ?? 1),
  )[0];
}

function numberAtOnce({
  state: { window, concurrency },
  runFullAt,
}: Parameters<typeof boundOf>[2]): LimitInForce {
  if (runFullAt !== undefined) return { amount: runFullAt, spanMs: undefined, source: 'run' };
  const isDeclared = concurrency >= window.max;
  const source = isDeclared ? 'declared' : window.wall === undefined ? 'growing' : 'met';
  return { amount: concurrency, spanMs: undefined, source };
}
