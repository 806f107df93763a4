import { LIMIT_NAMES, LIMITS, PER_MINUTE } from '../manifest/declared-limits.ts';
import { weightIn } from '../pace/tokens-per-limit.ts';
import type { Limits } from '../manifest/manifest.ts';
import { WAIT_REASONS, type WaitReason } from '../outcome/time-waited.ts';
import { enforcedSpanMs } from '../pace/bucket.ts';
import { playSchedule, type PlayedLane, type PlayedTime } from './play-schedule.ts';

export interface LaneTime {
  readonly durationMs: number;
  readonly boundBy: BoundBy;
}

/** What a lane mostly waits for. `latency`: only for answers. */
export type BoundBy = WaitReason | 'latency';

/** Simulating more would take seconds. The rest is extrapolated. */
const MOST_PLAYED = 5_000;

/**
 * How long each lane takes. Up to 5,000 tasks are simulated with the real scheduler. With more
 * tasks, an even share of each template is simulated and extrapolated under the declared limits.
 */
export async function laneTimes(
  lanes: readonly PlayedLane[],
  { maxConcurrent }: { readonly maxConcurrent: number },
): Promise<readonly LaneTime[]> {
  const totals = lanes.map(({ groups }) => groups.reduce((sum, { tasks }) => sum + tasks, 0));
  const total = totals.reduce((sum, tasks) => sum + tasks, 0);
  const share = Math.min(1, MOST_PLAYED / Math.max(1, total));
  const played = await playSchedule(
    lanes.map((lane) => ({
      ...lane,
      groups: lane.groups.map((group) => ({ ...group, tasks: Math.ceil(group.tasks * share) })),
    })),
    { maxConcurrent },
  );
  if (share === 1) {
    return played.map((time) => ({ durationMs: time.durationMs, boundBy: boundBy(time) }));
  }
  const times = played.map((time, at) =>
    carriedOn(withoutNeeds(time), totals[at] ?? 0, lanes[at]?.limits ?? {}),
  );
  return withNeeds(times, played, lanes);
}

/** A lane that waits for tasks of other lanes waits longer if those tasks take longer. */
function withNeeds(
  times: readonly LaneTime[],
  played: readonly PlayedTime[],
  lanes: readonly PlayedLane[],
): readonly LaneTime[] {
  const growth = played.map(
    (time, at) => (times[at]?.durationMs ?? 0) / Math.max(1, withoutNeeds(time).durationMs),
  );
  return times.map(({ durationMs, boundBy: ownBound }, at) => {
    const most = Math.max(1, ...lanesNeeded(lanes, at).map((other) => growth[other] ?? 1));
    const needsMs = most * (played[at]?.waitedMs.needs ?? 0);
    return {
      durationMs: durationMs + needsMs,
      boundBy: needsMs > durationMs ? 'needs' : ownBound,
    };
  });
}

/** Indexes of the lanes that a lane's tasks need, directly or indirectly. */
function lanesNeeded(lanes: readonly PlayedLane[], first: number): readonly number[] {
  const found = new Set<number>();
  const follow = (at: number): void => {
    const ids = new Set(
      lanes[at]?.groups.flatMap(({ template }) => template.needs?.map(({ id }) => id) ?? []),
    );
    for (const [other, { groups }] of lanes.entries()) {
      if (found.has(other) || !groups.some(({ template }) => ids.has(template.id))) continue;
      found.add(other);
      follow(other);
    }
  };
  follow(first);
  return [...found];
}

function withoutNeeds(time: PlayedTime): PlayedTime {
  const { needs = 0, ...waitedMs } = time.waitedMs;
  return { ...time, durationMs: time.durationMs - needs, waitedMs };
}

/** Extrapolates from the simulated tasks to all tasks. */
function carriedOn(played: PlayedTime, tasks: number, limits: Limits): LaneTime {
  const growth = tasks / Math.max(1, played.tasks);
  // The time without waits for limits grows with the number of tasks.
  const limitWaitsMs = LIMIT_REASONS.reduce((sum, by) => sum + (played.waitedMs[by] ?? 0), 0);
  const freeMs = growth * (played.durationMs - limitWaitsMs);
  const { concurrency } = played.waitedMs;
  let longest: LaneTime = {
    durationMs: freeMs,
    boundBy: boundBy({ ...played, waitedMs: concurrency === undefined ? {} : { concurrency } }),
  };
  for (const limit of LIMIT_NAMES) {
    const amount = limits[limit];
    if (amount === undefined) continue;
    const { kind } = LIMITS[limit];
    const spanMs = enforcedSpanMs(limit);
    const reason = PER_MINUTE[kind];
    const weight = kind === 'requests' ? played.tasks : weightIn(kind, played.load);
    // At the end of a span, there is too little room for another request. On average, that wastes
    // half a request.
    const usable = Math.max(1, amount - weight / played.tasks / 2 + 0.5);
    const durationMs = underLimit(growth * weight, { amount: usable, spanMs, freeMs });
    if (durationMs > longest.durationMs) longest = { durationMs, boundBy: reason };
  }
  return longest;
}

/** How long a total of `weight` takes if the limit admits `amount` every `spanMs`. */
function underLimit(
  weight: number,
  { amount, spanMs, freeMs }: { amount: number; spanMs: number; freeMs: number },
): number {
  if (weight <= amount) return freeMs;
  const fullSpans = Math.ceil(weight / amount) - 1;
  const rest = weight - fullSpans * amount;
  return fullSpans * Math.max(spanMs, (freeMs * amount) / weight) + (freeMs * rest) / weight;
}

const LIMIT_REASONS: readonly WaitReason[] = ['rpm', 'tpm', 'itpm', 'otpm'];

/** Below this share of a lane's time, a limit is not the bottleneck. */
const BINDS_FROM = 0.1;

function boundBy({ waitedMs, durationMs }: Omit<PlayedTime, 'tasks' | 'load'>): BoundBy {
  const waits = WAIT_REASONS.map((reason) => [reason, waitedMs[reason] ?? 0] as const);
  const [most] = waits.sort(([, one], [, other]) => other - one);
  return most && most[1] > 0 && most[1] >= BINDS_FROM * durationMs ? most[0] : 'latency';
}

/**
 * The index of the lane that determines how long the run takes: the slowest one, or, if that one
 * mostly waits for needs, a lane that is busy for most of that time.
 */
export function decidingLane(times: readonly LaneTime[]): number {
  const slowest = placeOfLongest(times.map(({ durationMs }) => durationMs));
  if (times[slowest]?.boundBy !== 'needs') return slowest;
  const atWork = times.map(({ durationMs, boundBy: by }) => (by === 'needs' ? 0 : durationMs));
  const busiest = placeOfLongest(atWork);
  return 2 * (atWork[busiest] ?? 0) >= (times[slowest]?.durationMs ?? 0) ? busiest : slowest;
}

function placeOfLongest(durationsMs: readonly number[]): number {
  return durationsMs.indexOf(Math.max(...durationsMs));
}
