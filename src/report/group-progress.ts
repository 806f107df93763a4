import type { Failure } from '../errors/failure.ts';
import { endedWell, type ResultRecord } from '../results/record.ts';
import type { Bound } from '../schedule/events.ts';
import { byWeight } from '../schedule/lane-bound.ts';

/** What is known at one moment of tasks that are counted together: those of a model, of an entry of the manifest, or all. */
export interface GroupProgress {
  readonly name: string;
  readonly tasks: number;
  readonly done: number;
  /** Ended without an answer, other than by being canceled. */
  readonly failed: number;
  readonly canceled: number;
  /** Not sent: a task that they need failed, or their own condition was false. */
  readonly skipped: number;
  /** Requests in flight. */
  readonly running: number;
  /** Tasks between two attempts. */
  readonly retrying: number;
  readonly tokens: number;
  /** US dollars; null where not every price is known. */
  readonly costUsd: number | null;
  /** What all its tasks will cost at this rate; undefined while too little is known. */
  readonly projectedUsd: number | undefined;
  readonly usdPerMinute: number | undefined;
  readonly etaMs: number | undefined;
  /** Set while the model is paused as a whole. */
  readonly pause: { readonly leftMs: number; readonly failure: Failure } | undefined;
  /** What has held the model up lately. */
  readonly bound: Bound | undefined;
  /** Set once nothing more is sent to the model. */
  readonly stopped: Failure | undefined;
}

/** The counters behind it, changed as events arrive. */
export interface Group {
  readonly name: string;
  tasks: number;
  readonly rate: Rate;
  done: number;
  failed: number;
  canceled: number;
  skipped: number;
  running: number;
  retrying: number;
  tokens: number;
  costUsd: number | null | undefined;
  pause: { readonly untilMs: number; readonly failure: Failure } | undefined;
  bound: Bound | undefined;
  stopped: Failure | undefined;
}

export function newGroup(name: string, tasks: number, nowMs: number): Group {
  return {
    name,
    tasks,
    rate: createRate(nowMs),
    done: 0,
    failed: 0,
    canceled: 0,
    skipped: 0,
    running: 0,
    retrying: 0,
    tokens: 0,
    costUsd: undefined,
    pause: undefined,
    bound: undefined,
    stopped: undefined,
  };
}

/** A task that does not need to be sent after all. */
export function countNotSent(group: Group): void {
  group.done += 1;
}

export function countFinished(group: Group, record: ResultRecord, nowMs: number): void {
  group.done += 1;
  if (record.status === 'skipped') group.skipped += 1;
  else if (record.status === 'canceled') group.canceled += 1;
  else if (!endedWell(record)) group.failed += 1;
  group.tokens += record.usage?.total_tokens ?? 0;
  if (record.attempts > 0) group.costUsd = added(group.costUsd, record.cost_usd);
  group.rate.finished(nowMs);
}

/** Undefined: nothing yet; null: not all known. */
function added(sum: number | null | undefined, more: number | null): number | null {
  return sum === null || more === null ? null : (sum ?? 0) + more;
}

export function groupProgress(group: Group, nowMs: number): GroupProgress {
  const { rate, costUsd, pause, ...counters } = group;
  const remaining = Math.max(0, group.tasks - group.done);
  const leftMs = (pause?.untilMs ?? 0) - nowMs;
  const etaMs = group.stopped ? undefined : rate.etaMs(remaining, nowMs);
  return {
    ...counters,
    costUsd: costUsd ?? null,
    ...projected(group, remaining, etaMs),
    etaMs,
    pause: pause && leftMs > 0 ? { leftMs, failure: pause.failure } : undefined,
  };
}

type Projection = Pick<GroupProgress, 'projectedUsd' | 'usdPerMinute'>;

function projected(group: Group, remaining: number, etaMs: number | undefined): Projection {
  if (etaMs === undefined || etaMs <= 0 || !group.costUsd) return NO_PROJECTION;
  const leftUsd = (group.costUsd / group.done) * remaining;
  return { projectedUsd: group.costUsd + leftUsd, usdPerMinute: (leftUsd / etaMs) * 60_000 };
}

const NO_PROJECTION: Projection = { projectedUsd: undefined, usdPerMinute: undefined };

/** All models together; `name` is then empty. */
export function totalProgress(groups: readonly GroupProgress[]): GroupProgress {
  const sum = (of: (group: GroupProgress) => number): number =>
    groups.reduce((total, group) => total + of(group), 0);
  const working = groups.filter(isWorking);
  const etas = working.flatMap(({ etaMs }) => etaMs ?? []);
  const costs = groups.filter(({ done }) => done > 0).map(({ costUsd }) => costUsd);
  const pauses = groups.flatMap(({ pause }) => pause ?? []);
  const bounds = working.flatMap(({ bound }) => bound ?? []);
  return {
    name: '',
    tasks: sum(({ tasks }) => tasks),
    done: sum(({ done }) => done),
    failed: sum(({ failed }) => failed),
    canceled: sum(({ canceled }) => canceled),
    skipped: sum(({ skipped }) => skipped),
    running: sum(({ running }) => running),
    retrying: sum(({ retrying }) => retrying),
    tokens: sum(({ tokens }) => tokens),
    costUsd: costs.reduce<number | null | undefined>(added, undefined) ?? null,
    projectedUsd: known(
      working.map(({ projectedUsd }) => projectedUsd),
      spentIn(groups, working),
    ),
    usdPerMinute: known(
      working.map(({ usdPerMinute }) => usdPerMinute),
      0,
    ),
    // The slowest model decides, once every one has an estimate.
    etaMs: etas.length === working.length && etas.length > 0 ? Math.max(...etas) : undefined,
    pause: pauses.toSorted((a, b) => b.leftMs - a.leftMs)[0],
    bound: bounds.toSorted(byWeight)[0],
    stopped:
      groups.length > 0 && groups.every(({ stopped }) => stopped) ? groups[0]?.stopped : undefined,
  };
}

export function isWorking({ done, tasks, stopped }: GroupProgress): boolean {
  return done < tasks && !stopped;
}

/** What models that are finished have cost. */
function spentIn(groups: readonly GroupProgress[], working: readonly GroupProgress[]): number {
  const finished = groups.filter((group) => !working.includes(group));
  return finished.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
}

/** The sum on top of `start`; undefined when there is nothing to add, or not all of it is known. */
function known(parts: ReadonlyArray<number | undefined>, start: number): number | undefined {
  if (parts.length === 0) return undefined;
  return parts.reduce<number | undefined>(
    (sum, part) => (sum === undefined || part === undefined ? undefined : sum + part),
    start,
  );
}

/** Guesses when a lane is through, from how fast tasks ended in the last minute. */
interface Rate {
  finished(nowMs: number): void;
  /** Milliseconds for `remaining` more tasks; undefined while too little is known. */
  etaMs(remaining: number, nowMs: number): number | undefined;
}

const WINDOW_MS = 60_000;
const SAMPLE_EVERY_MS = 1000;
const ENOUGH = 2;

function createRate(startMs: number): Rate {
  let done = 0;
  /** How many had ended when, oldest first, one a second. */
  const samples = [{ atMs: startMs, done: 0 }];

  return {
    finished(nowMs) {
      done += 1;
      const last = samples.at(-1);
      if (last && nowMs - last.atMs < SAMPLE_EVERY_MS) return;
      samples.push({ atMs: nowMs, done });
      while ((samples[1]?.atMs ?? nowMs) <= nowMs - WINDOW_MS) samples.shift();
    },
    etaMs(remaining, nowMs) {
      if (remaining === 0) return 0;
      const oldest = samples[0];
      if (done < ENOUGH || !oldest) return undefined;
      // After a long silence the minute holds nothing: then the whole run counts.
      const since = done - oldest.done < ENOUGH ? { atMs: startMs, done: 0 } : oldest;
      return ((nowMs - since.atMs) / (done - since.done)) * remaining;
    },
  };
}
