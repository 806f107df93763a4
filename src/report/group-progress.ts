import type { Failure } from '../errors/failure.ts';
import { endedWell, type ResultRecord } from '../results/record.ts';
import type { Bound } from '../outcome/lane-bound.ts';
import { byWeight } from '../outcome/lane-bound.ts';

interface Counts {
  tasks: number;
  done: number;
  /** Tasks that ended without an answer, not counting canceled ones. */
  failed: number;
  canceled: number;
  /** Tasks that were not sent because a needed task failed or a condition was false. */
  skipped: number;
  /** Requests in flight. */
  running: number;
  /** Tasks between two attempts. */
  retrying: number;
  tokens: number;
}

function countsOf(of: (key: keyof Counts) => number): Counts {
  return {
    tasks: of('tasks'),
    done: of('done'),
    failed: of('failed'),
    canceled: of('canceled'),
    skipped: of('skipped'),
    running: of('running'),
    retrying: of('retrying'),
    tokens: of('tokens'),
  };
}

/**
 * The progress of a group of tasks at one moment: those of a model, those of a manifest entry, or
 * all.
 */
export interface GroupProgress extends Readonly<Counts> {
  readonly name: string;
  /** US dollars; null if a price is unknown. */
  readonly costUsd: number | null;
  readonly etaMs: number | undefined;
  /** Set while the model is paused. */
  readonly pause: { readonly leftMs: number; readonly failure: Failure } | undefined;
  /** The recent bottleneck of the model. */
  readonly bound: Bound | undefined;
  /** Set after the model was stopped. */
  readonly stopped: Failure | undefined;
}

/** The mutable counters, updated by events. */
export interface Group extends Counts {
  readonly name: string;
  readonly rate: Rate;
  costUsd: number | null | undefined;
  pause: { readonly untilMs: number; readonly failure: Failure } | undefined;
  bound: Bound | undefined;
  stopped: Failure | undefined;
}

export function newGroup(name: string, tasks: number, nowMs: number): Group {
  return {
    name,
    ...countsOf(() => 0),
    tasks,
    rate: createRate(nowMs),
    costUsd: undefined,
    pause: undefined,
    bound: undefined,
    stopped: undefined,
  };
}

/** Counts a task that turned out not to need sending. */
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

/** Adds costs. Undefined means that nothing has a cost yet, and null that a price is unknown. */
function added(sum: number | null | undefined, more: number | null): number | null {
  return sum === null || more === null ? null : (sum ?? 0) + more;
}

export function groupProgress(group: Group, nowMs: number): GroupProgress {
  const { rate, costUsd, pause, ...counters } = group;
  const remaining = Math.max(0, group.tasks - group.done);
  const leftMs = (pause?.untilMs ?? 0) - nowMs;
  return {
    ...counters,
    costUsd: costUsd ?? null,
    etaMs: group.stopped ? undefined : rate.etaMs(remaining, nowMs),
    pause: pause && leftMs > 0 ? { leftMs, failure: pause.failure } : undefined,
  };
}

/** Combines all models. `name` is empty. */
export function totalProgress(groups: readonly GroupProgress[]): GroupProgress {
  const working = groups.filter(isWorking);
  const etas = working.flatMap(({ etaMs }) => etaMs ?? []);
  const costs = groups.filter(({ done }) => done > 0).map(({ costUsd }) => costUsd);
  const pauses = groups.flatMap(({ pause }) => pause ?? []);
  const bounds = working.flatMap(({ bound }) => bound ?? []);
  return {
    name: '',
    ...countsOf((key) => groups.reduce((sum, group) => sum + group[key], 0)),
    costUsd: costs.reduce<number | null | undefined>(added, undefined) ?? null,
    // The slowest model determines the time left, once every model has an estimate.
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

/** Estimates when a lane will be done, from the rate of the last minute. */
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
  /** Number of ended tasks over time, oldest first, one sample per second. */
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
      // If the last minute is empty, use the rate of the whole run.
      const since = done - oldest.done < ENOUGH ? { atMs: startMs, done: 0 } : oldest;
      return ((nowMs - since.atMs) / (done - since.done)) * remaining;
    },
  };
}
