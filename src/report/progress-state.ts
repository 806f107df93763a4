import type { Failure } from '../errors/failure.ts';
import { createOpenBatches, type BatchProgress } from './batch-progress.ts';
import type { RunEvent, StartedEntry } from '../results/run-events.ts';
import {
  countFinished,
  countNotSent,
  groupProgress,
  newGroup,
  totalProgress,
  type Group,
  type GroupProgress,
} from './group-progress.ts';

/** The state of a run, derived only from its events. The caller passes the time. */
export interface Progress {
  apply(event: RunEvent, nowMs: number): void;
  /** By provider and model. */
  lanes(nowMs: number): readonly GroupProgress[];
  /** By entry of the manifest, in its order. */
  entries(nowMs: number): readonly EntryProgress[];
  /** All tasks together. `name` is empty. */
  total(nowMs: number): GroupProgress;
  /** The longest-running tasks, longest first, at most `limit`, optionally of one entry or lane. */
  active(nowMs: number, options: ActiveOptions): readonly ActiveTask[];
  /** Batches that have not been collected yet, oldest first. */
  batches(nowMs: number): readonly BatchProgress[];
  /** Average time from a task's first attempt to its end; undefined before the first end. */
  meanDurationMs(): number | undefined;
}

export interface EntryProgress extends GroupProgress {
  /** Needed entries that have not ended. */
  readonly waitsFor: readonly string[];
  /** The models of its tasks so far, with the progress of each. */
  readonly models: readonly GroupProgress[];
}

export interface ActiveOptions {
  readonly limit: number;
  readonly entry?: string;
  readonly lane?: string;
}

export interface ActiveTask {
  readonly id: string;
  readonly entry: string;
  readonly lane: string;
  readonly attempt: number;
  /** Time since its first attempt. */
  readonly elapsedMs: number;
  /** Why its last attempt failed; undefined during the first attempt. */
  readonly lastFailure: Failure | undefined;
  /** Time until its next attempt; undefined while one is in flight. */
  readonly retryInMs: number | undefined;
}

/** The name of the group that combines all entries that are not counted separately. */
export const OTHERS = '';

/** How many entries are counted separately: a manifest may have ten thousand. */
const MAX_ENTRIES = 40;

/** The manifest entry of a task: ids of entries contain neither `@` nor `#`. */
export function entryOf(id: string): string {
  return /^[^@#]*/.exec(id)?.[0] ?? id;
}

export function createProgress(): Progress {
  const lanes = new Map<string, Group>();
  const entries = new Map<string, Entry>();
  /** Tasks in flight or waiting to retry, in order of their first attempt. */
  const running = new Map<string, Running>();
  const durations = { count: 0, sumMs: 0 };
  const batches = createOpenBatches();

  function laneOf(name: string, nowMs: number): Group {
    return found(lanes, name, () => newGroup(name, 0, nowMs));
  }

  function entryName(id: string): string {
    const name = entryOf(id);
    return entries.has(name) ? name : OTHERS;
  }

  /** All groups that count a task of this entry and lane. */
  function groupsOf(id: string, lane: string, nowMs: number): readonly Group[] {
    const entry = found(entries, entryName(id), () =>
      newEntry({ task: OTHERS, tasks: 0, needs: [] }, nowMs),
    );
    const model = found(entry.models, lane, () => newGroup(lane, 0, nowMs));
    return [laneOf(lane, nowMs), entry.group, model];
  }

  function leave(id: string): void {
    const task = running.get(id);
    if (!task) return;
    running.delete(id);
    for (const group of task.groups) group[task.inFlight ? 'running' : 'retrying'] -= 1;
  }

  function apply(event: RunEvent, nowMs: number): void {
    switch (event.type) {
      case 'run_started':
        for (const { lane, tasks } of event.lanes) lanes.set(lane, newGroup(lane, tasks, nowMs));
        for (const entry of foldSmall(event.entries))
          entries.set(entry.task, newEntry(entry, nowMs));
        return;
      case 'attempt_started': {
        const known = running.get(event.id);
        const task = known ?? {
          groups: groupsOf(event.id, event.lane, nowMs),
          lane: event.lane,
          sinceMs: event.atMs,
          attempt: 0,
          inFlight: true,
          retryAtMs: 0,
          lastFailure: undefined,
        };
        for (const group of task.groups) {
          if (known) group[task.inFlight ? 'running' : 'retrying'] -= 1;
          group.running += 1;
        }
        task.attempt = event.attempt;
        task.inFlight = true;
        running.set(event.id, task);
        return;
      }
      case 'retry_scheduled': {
        const task = running.get(event.id);
        if (!task?.inFlight) return;
        task.inFlight = false;
        task.lastFailure = event.failure;
        task.retryAtMs = nowMs + event.delayMs;
        for (const group of task.groups) {
          group.running -= 1;
          group.retrying += 1;
        }
        return;
      }
      case 'task_moved':
        leave(event.id);
        laneOf(event.from, nowMs).tasks -= 1;
        laneOf(event.to, nowMs).tasks += 1;
        return;
      case 'lane_paused':
        laneOf(event.lane, nowMs).pause = { untilMs: event.untilMs, failure: event.failure };
        return;
      case 'lane_bound':
        laneOf(event.lane, nowMs).bound = event.bound ?? undefined;
        return;
      case 'lane_stopped':
        laneOf(event.lane, nowMs).stopped = event.failure;
        return;
      case 'task_finished': {
        leave(event.record.id);
        for (const group of groupsOf(event.record.id, event.lane, nowMs)) {
          countFinished(group, event.record, nowMs);
        }
        if (event.record.attempts === 0) return;
        durations.count += 1;
        durations.sumMs += event.record.duration_ms;
        return;
      }
      case 'task_not_sent':
        for (const group of groupsOf(event.id, event.lane, nowMs)) countNotSent(group);
        return;
      case 'batch':
        batches.apply(event, nowMs);
        return;
      case 'draining':
      case 'run_finished':
        return;
    }
  }

  function isOver(name: string): boolean {
    const group = entries.get(name)?.group;
    return group === undefined || group.done >= group.tasks;
  }

  function entryProgress({ group, needs, models }: Entry, nowMs: number): EntryProgress {
    return {
      ...groupProgress(group, nowMs),
      waitsFor: needs.filter((need) => !isOver(need)),
      models: [...models.values()].map((model) => {
        const lane = lanes.get(model.name) ?? model;
        const { pause, bound, stopped } = groupProgress(lane, nowMs);
        return { ...groupProgress(model, nowMs), pause, bound, stopped };
      }),
    };
  }

  return {
    apply,
    lanes: (nowMs) => [...lanes.values()].map((lane) => groupProgress(lane, nowMs)),
    entries: (nowMs) => [...entries.values()].map((entry) => entryProgress(entry, nowMs)),
    total: (nowMs) => totalProgress([...lanes.values()].map((lane) => groupProgress(lane, nowMs))),
    active(nowMs, { limit, entry, lane }) {
      const active: ActiveTask[] = [];
      for (const [id, task] of running) {
        if (active.length >= limit) break;
        if (lane !== undefined && task.lane !== lane) continue;
        if (entry !== undefined && entryName(id) !== entry) continue;
        active.push({
          id,
          entry: entryName(id),
          lane: task.lane,
          attempt: task.attempt,
          elapsedMs: Math.max(0, nowMs - task.sinceMs),
          lastFailure: task.lastFailure,
          retryInMs: task.inFlight ? undefined : Math.max(0, task.retryAtMs - nowMs),
        });
      }
      return active;
    },
    batches: (nowMs) => batches.at(nowMs),
    meanDurationMs: () => (durations.count === 0 ? undefined : durations.sumMs / durations.count),
  };
}

interface Entry {
  readonly group: Group;
  readonly needs: readonly string[];
  /** By lane. */
  readonly models: Map<string, Group>;
}

interface Running {
  readonly groups: readonly Group[];
  readonly lane: string;
  readonly sinceMs: number;
  attempt: number;
  inFlight: boolean;
  retryAtMs: number;
  lastFailure: Failure | undefined;
}

/** The largest entries in manifest order, and the others combined. */
function foldSmall(entries: readonly StartedEntry[]): readonly StartedEntry[] {
  if (entries.length <= MAX_ENTRIES) return entries;
  const largest = entries.toSorted((a, b) => b.tasks - a.tasks).slice(0, MAX_ENTRIES);
  const own = new Set(largest);
  const tasks = entries.reduce((sum, entry) => sum + (own.has(entry) ? 0 : entry.tasks), 0);
  return [...entries.filter((entry) => own.has(entry)), { task: OTHERS, tasks, needs: [] }];
}

function newEntry({ task, tasks, needs }: StartedEntry, nowMs: number): Entry {
  return { group: newGroup(task, tasks, nowMs), needs, models: new Map() };
}

function found<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
