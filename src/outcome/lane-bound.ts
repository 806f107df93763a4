import { LIMITS } from '../manifest/declared-limits.ts';
import type { Limits } from '../manifest/manifest.ts';
import type { Bucket } from '../pace/bucket.ts';
import { slotsOf } from '../pace/concurrency.ts';
import { isMeasured } from '../pace/found-rate.ts';
import type { Blocker } from '../pace/pace.ts';
import type { PaceState, PauseCause } from '../pace/pace-state.ts';
import { isPause, reasonOf, type WaitedMs, type WaitReason } from './time-waited.ts';

/** What a lane waited for most, and the limit that made it wait. */
export interface Bound {
  readonly reason: Exclude<WaitReason, 'retry'>;
  /** Share of the observed time, 0 to 1. */
  readonly share: number;
  /** Undefined for pauses, `needs`, and a rate that is a guess because none is announced. */
  readonly limit: LimitInForce | undefined;
  /** The reason for most of the pauses; set only for `pause`. */
  readonly pausedBy?: PauseCause;
  /**
   * Share of the slots' time that went to writing results, 0 to 1. Set only for `concurrency`, and
   * only if the share is so large that more concurrency would not help.
   */
  readonly keepingShare?: number;
}

export interface LimitInForce {
  readonly amount: number;
  /** Undefined for concurrent requests. */
  readonly spanMs: number | undefined;
  /**
   * Where the limit comes from. `declared`: the manifest. `announced`: the server. `met`: refused
   * requests. `growing`: nothing has stopped the concurrency from growing yet. `run`: the limit on
   * concurrent requests in the whole run.
   */
  readonly source: 'declared' | 'announced' | 'met' | 'growing' | 'run';
}

/** What the slots of a lane were held for, in milliseconds, summed across all slots. */
export interface SlotUse {
  inFlightMs: number;
  keepingMs: number;
}

/** How a lane spent some period of time. */
export interface Waits {
  readonly waitedMs: WaitedMs;
  /** The same times, by exactly what the lane waited for. */
  readonly blockedMs: ReadonlyMap<Blocker, number>;
  readonly overMs: number;
}

/** Waits below this share of the time are not a bottleneck. */
const WORTH_TELLING = 0.1;
/** Above this share, doubling the concurrency would save far less than half the time. */
const MUCH_KEEPING = 0.3;

const REASONS = ['rpm', 'tpm', 'itpm', 'otpm', 'concurrency', 'pause', 'needs'] as const;

export interface BoundLane {
  readonly state: PaceState;
  readonly limits: Limits;
  /** The limit on concurrent requests across all lanes. */
  readonly maxConcurrent: number;
  readonly slotUse: Readonly<SlotUse>;
}

/** Undefined if nothing delays the lane much. */
export function boundOf(
  { waitedMs, blockedMs, overMs }: Waits,
  lane: BoundLane,
): Bound | undefined {
  let most: Bound['reason'] = 'rpm';
  for (const reason of REASONS) {
    if ((waitedMs[reason] ?? 0) > (waitedMs[most] ?? 0)) most = reason;
  }
  const share = Math.min(1, (waitedMs[most] ?? 0) / overMs);
  if (!(share >= WORTH_TELLING)) return undefined;
  const blocker = mostBlocking(most, blockedMs);
  const limit = blocker && limitInForce(blocker, lane);
  const keepingShare = shareOfKeeping(lane.slotUse);
  const isKeeping = most === 'concurrency' && keepingShare >= MUCH_KEEPING;
  return {
    reason: most,
    share,
    limit,
    ...(isPause(blocker) && { pausedBy: blocker }),
    ...(isKeeping && { keepingShare }),
  };
}

/**
 * Of several limits with the same reason, the one that the lane waited for longest. It is not
 * always the tightest.
 */
function mostBlocking(
  reason: Bound['reason'],
  blockedMs: ReadonlyMap<Blocker, number>,
): Blocker | undefined {
  const alike = [...blockedMs].filter(([blocker]) => reasonOf(blocker) === reason);
  return alike.toSorted(([, one], [, other]) => other - one)[0]?.[0];
}

function shareOfKeeping({ inFlightMs, keepingMs }: SlotUse): number {
  return keepingMs <= 0 ? 0 : keepingMs / (inFlightMs + keepingMs);
}

/**
 * The largest delay comes first; a lane that waits for the needs of its tasks comes last, because
 * other lanes may be the cause.
 */
export function byWeight(one: Bound, other: Bound): number {
  return weight(other) - weight(one);
}

function weight({ reason, share }: Bound): number {
  return reason === 'needs' ? share - 1 : share;
}

function limitInForce(blocker: Blocker, lane: BoundLane): LimitInForce | undefined {
  if (blocker === 'run') return { amount: lane.maxConcurrent, spanMs: undefined, source: 'run' };
  if (blocker === 'lane') return numberAtOnce(lane.state);
  return typeof blocker === 'object' ? limitOf(blocker, lane.limits) : undefined;
}

/** Undefined while the limit is only a guess. */
function limitOf(bucket: Bucket, limits: Limits): LimitInForce | undefined {
  if (bucket.source === 'announced') {
    return { amount: bucket.limit, spanMs: bucket.spanMs, source: 'announced' };
  }
  if (bucket.source === 'declared') {
    const amount = limits[bucket.name] ?? bucket.amount;
    return { amount, spanMs: LIMITS[bucket.name].spanMs, source: 'declared' };
  }
  if (!isMeasured(bucket)) return undefined;
  return { amount: bucket.curve.reference * 60_000, spanMs: 60_000, source: 'met' };
}

function numberAtOnce({ concurrency }: PaceState): LimitInForce {
  const amount = slotsOf(concurrency);
  const isDeclared = amount >= concurrency.max;
  const source = isDeclared ? 'declared' : concurrency.ceiling === undefined ? 'growing' : 'met';
  return { amount, spanMs: undefined, source };
}
