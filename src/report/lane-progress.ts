import type { Failure } from '../errors/failure.ts';
import { endedWell, type ResultRecord } from '../results/record.ts';
import { byWeight, type Bound } from '../schedule/bound.ts';
import { createRate, type Rate } from './rate.ts';

/** What is known about one provider and model at one moment. */
export interface LaneProgress {
  readonly lane: string;
  readonly tasks: number;
  readonly done: number;
  /** Ended without an answer, for whatever reason. */
  readonly failed: number;
  /** Requests in flight. */
  readonly active: number;
  /** Tasks between two attempts. */
  readonly retrying: number;
  readonly tokens: number;
  /** Null where no price, or not every price, is known. */
  readonly costUsd: number | null;
  /** What all its tasks will cost if they go on like this; undefined while too little is known. */
  readonly projectedUsd: number | undefined;
  readonly usdPerMinute: number | undefined;
  readonly etaMs: number | undefined;
  /** Set while the lane is paused as a whole. */
  readonly pause: { readonly leftMs: number; readonly failure: Failure } | undefined;
  /** What has held the lane up lately. */
  readonly bound: Bound | undefined;
  /** Set once nothing more is sent there. */
  readonly stopped: Failure | undefined;
}

/** What is counted about one. */
export interface Lane {
  readonly name: string;
  tasks: number;
  readonly rate: Rate;
  done: number;
  failed: number;
  active: number;
  retrying: number;
  tokens: number;
  costUsd: number | null | undefined;
  pause: { readonly untilMs: number; readonly failure: Failure } | undefined;
  bound: Bound | undefined;
  stopped: Failure | undefined;
}

export function newLane(name: string, tasks: number, nowMs: number): Lane {
  return {
    name,
    tasks,
    rate: createRate(nowMs),
    done: 0,
    failed: 0,
    active: 0,
    retrying: 0,
    tokens: 0,
    costUsd: undefined,
    pause: undefined,
    bound: undefined,
    stopped: undefined,
  };
}

/** A task that needs no sending after all. */
export function countNotSent(lane: Lane): void {
  lane.done += 1;
}

export function countFinished(lane: Lane, record: ResultRecord, nowMs: number): void {
  lane.done += 1;
  if (!endedWell(record)) lane.failed += 1;
  lane.tokens += record.usage?.total_tokens ?? 0;
  if (record.attempts > 0) lane.costUsd = added(lane.costUsd, record.cost_usd);
  lane.rate.finished(nowMs);
}

/** Undefined: nothing yet; null: not all known. */
function added(sum: number | null | undefined, more: number | null): number | null {
  return sum === null || more === null ? null : (sum ?? 0) + more;
}

export function laneProgress(lane: Lane, nowMs: number): LaneProgress {
  const remaining = Math.max(0, lane.tasks - lane.done);
  const leftMs = (lane.pause?.untilMs ?? 0) - nowMs;
  const etaMs = lane.stopped ? undefined : lane.rate.etaMs(remaining, nowMs);
  return {
    lane: lane.name,
    tasks: lane.tasks,
    done: lane.done,
    failed: lane.failed,
    active: lane.active,
    retrying: lane.retrying,
    tokens: lane.tokens,
    costUsd: lane.costUsd ?? null,
    ...projected(lane, remaining, etaMs),
    etaMs,
    pause: lane.pause && leftMs > 0 ? { leftMs, failure: lane.pause.failure } : undefined,
    bound: lane.bound,
    stopped: lane.stopped,
  };
}

type Projection = Pick<LaneProgress, 'projectedUsd' | 'usdPerMinute'>;

function projected(lane: Lane, remaining: number, etaMs: number | undefined): Projection {
  if (etaMs === undefined || etaMs <= 0 || !lane.costUsd) return NO_PROJECTION;
  const leftUsd = (lane.costUsd / lane.done) * remaining;
  return { projectedUsd: lane.costUsd + leftUsd, usdPerMinute: (leftUsd / etaMs) * 60_000 };
}

const NO_PROJECTION: Projection = { projectedUsd: undefined, usdPerMinute: undefined };

/** All lanes together; `lane` is then empty. */
export function totalProgress(lanes: readonly LaneProgress[]): LaneProgress {
  const sum = (of: (lane: LaneProgress) => number): number =>
    lanes.reduce((total, lane) => total + of(lane), 0);
  const working = lanes.filter(({ done, tasks, stopped }) => done < tasks && !stopped);
  const etas = working.flatMap(({ etaMs }) => etaMs ?? []);
  const costs = lanes.filter(({ done }) => done > 0).map(({ costUsd }) => costUsd);
  const pauses = lanes.flatMap(({ pause }) => pause ?? []);
  const bounds = working.flatMap(({ bound }) => bound ?? []);
  return {
    lane: '',
    tasks: sum(({ tasks }) => tasks),
    done: sum(({ done }) => done),
    failed: sum(({ failed }) => failed),
    active: sum(({ active }) => active),
    retrying: sum(({ retrying }) => retrying),
    tokens: sum(({ tokens }) => tokens),
    costUsd: costs.reduce<number | null | undefined>(added, undefined) ?? null,
    projectedUsd: known(
      working.map(({ projectedUsd }) => projectedUsd),
      spentIn(lanes, working),
    ),
    usdPerMinute: known(
      working.map(({ usdPerMinute }) => usdPerMinute),
      0,
    ),
    // The slowest lane decides, once every lane has a guess.
    etaMs: etas.length === working.length && etas.length > 0 ? Math.max(...etas) : undefined,
    pause: pauses.toSorted((a, b) => b.leftMs - a.leftMs)[0],
    bound: bounds.toSorted(byWeight)[0],
    stopped:
      lanes.length > 0 && lanes.every(({ stopped }) => stopped) ? lanes[0]?.stopped : undefined,
  };
}

/** What lanes that are through have cost. */
function spentIn(lanes: readonly LaneProgress[], working: readonly LaneProgress[]): number {
  const through = lanes.filter((lane) => !working.includes(lane));
  return through.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
}

/** The sum on top of `start`; undefined when there is nothing to add, or not all of it is known. */
function known(parts: ReadonlyArray<number | undefined>, start: number): number | undefined {
  if (parts.length === 0) return undefined;
  return parts.reduce<number | undefined>(
    (sum, part) => (sum === undefined || part === undefined ? undefined : sum + part),
    start,
  );
}
