import type { Failure } from '../errors/failure.ts';
import type { RunEvent } from '../results/events.ts';
import type { ResultRecord } from '../results/record.ts';
import { createRate, type Rate } from './rate.ts';

/** What is known about a run from its events so far. Depends on nothing else: the caller brings the time. */
export interface Progress {
  apply(event: RunEvent, nowMs: number): void;
  lanes(nowMs: number): readonly LaneProgress[];
  /** All lanes together; `lane` is then empty. */
  total(nowMs: number): LaneProgress;
  /** The longest-running tasks in flight, longest first, at most `limit`; of one lane if it is named. */
  active(nowMs: number, options: { readonly limit: number; readonly lane?: string }): ActiveTask[];
}

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
  readonly etaMs: number | undefined;
  /** Set while the lane is paused as a whole. */
  readonly pause: { readonly leftMs: number; readonly failure: Failure } | undefined;
  /** Set once nothing more is sent there. */
  readonly stopped: Failure | undefined;
}

export interface ActiveTask {
  readonly id: string;
  readonly lane: string;
  readonly attempt: number;
  /** Since its first attempt. */
  readonly elapsedMs: number;
}

export function createProgress(): Progress {
  const lanes = new Map<string, Lane>();
  /** In flight or waiting to retry, in order of their first attempt. */
  const running = new Map<string, Running>();

  function laneOf(name: string, nowMs: number): Lane {
    const known = lanes.get(name);
    if (known) return known;
    const lane = newLane(name, 0, nowMs);
    lanes.set(name, lane);
    return lane;
  }

  function leave(id: string): void {
    const task = running.get(id);
    if (!task) return;
    running.delete(id);
    task.lane[task.inFlight ? 'active' : 'retrying'] -= 1;
  }

  function apply(event: RunEvent, nowMs: number): void {
    switch (event.type) {
      case 'run_started':
        for (const { lane, tasks } of event.lanes) lanes.set(lane, newLane(lane, tasks, nowMs));
        return;
      case 'attempt_started': {
        const lane = laneOf(event.lane, nowMs);
        const task = running.get(event.id) ?? {
          lane,
          sinceMs: event.atMs,
          attempt: 0,
          inFlight: true,
        };
        if (task.attempt > 0) lane[task.inFlight ? 'active' : 'retrying'] -= 1;
        lane.active += 1;
        task.attempt = event.attempt;
        task.inFlight = true;
        running.set(event.id, task);
        return;
      }
      case 'retry_scheduled': {
        const task = running.get(event.id);
        if (!task?.inFlight) return;
        task.inFlight = false;
        task.lane.active -= 1;
        task.lane.retrying += 1;
        return;
      }
      case 'lane_paused': {
        const lane = laneOf(event.lane, nowMs);
        lane.pause = { untilMs: event.untilMs, failure: event.failure };
        return;
      }
      case 'lane_stopped':
        laneOf(event.lane, nowMs).stopped = event.failure;
        return;
      case 'task_finished':
        leave(event.record.id);
        finish(laneOf(event.lane, nowMs), event.record, nowMs);
        return;
      case 'draining':
      case 'run_finished':
        return;
    }
  }

  return {
    apply,
    lanes: (nowMs) => [...lanes.values()].map((lane) => snapshot(lane, nowMs)),
    total: (nowMs) => totalOf([...lanes.values()].map((lane) => snapshot(lane, nowMs))),
    active(nowMs, { limit, lane }) {
      const found: ActiveTask[] = [];
      for (const [id, task] of running) {
        if (found.length >= limit) break;
        if (!task.inFlight || (lane !== undefined && task.lane.name !== lane)) continue;
        const elapsedMs = Math.max(0, nowMs - task.sinceMs);
        found.push({ id, lane: task.lane.name, attempt: task.attempt, elapsedMs });
      }
      return found;
    },
  };
}

interface Lane {
  readonly name: string;
  readonly tasks: number;
  readonly rate: Rate;
  done: number;
  failed: number;
  active: number;
  retrying: number;
  tokens: number;
  costUsd: number | null | undefined;
  pause: { readonly untilMs: number; readonly failure: Failure } | undefined;
  stopped: Failure | undefined;
}

interface Running {
  readonly lane: Lane;
  readonly sinceMs: number;
  attempt: number;
  inFlight: boolean;
}

function newLane(name: string, tasks: number, nowMs: number): Lane {
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
    stopped: undefined,
  };
}

function finish(lane: Lane, record: ResultRecord, nowMs: number): void {
  lane.done += 1;
  if (record.status !== 'succeeded') lane.failed += 1;
  lane.tokens += record.usage?.total_tokens ?? 0;
  if (record.attempts > 0) lane.costUsd = added(lane.costUsd, record.cost_usd);
  lane.rate.finished(nowMs);
}

/** Undefined: nothing yet; null: not all known. */
function added(sum: number | null | undefined, more: number | null): number | null {
  return sum === null || more === null ? null : (sum ?? 0) + more;
}

function snapshot(lane: Lane, nowMs: number): LaneProgress {
  const remaining = Math.max(0, lane.tasks - lane.done);
  const leftMs = (lane.pause?.untilMs ?? 0) - nowMs;
  return {
    lane: lane.name,
    tasks: lane.tasks,
    done: lane.done,
    failed: lane.failed,
    active: lane.active,
    retrying: lane.retrying,
    tokens: lane.tokens,
    costUsd: lane.costUsd ?? null,
    etaMs: lane.stopped ? undefined : lane.rate.etaMs(remaining, nowMs),
    pause: lane.pause && leftMs > 0 ? { leftMs, failure: lane.pause.failure } : undefined,
    stopped: lane.stopped,
  };
}

function totalOf(lanes: readonly LaneProgress[]): LaneProgress {
  const sum = (of: (lane: LaneProgress) => number): number =>
    lanes.reduce((total, lane) => total + of(lane), 0);
  const working = lanes.filter(({ done, tasks, stopped }) => done < tasks && !stopped);
  const etas = working.flatMap(({ etaMs }) => etaMs ?? []);
  const costs = lanes.filter(({ done }) => done > 0).map(({ costUsd }) => costUsd);
  const pauses = lanes.flatMap(({ pause }) => pause ?? []);
  return {
    lane: '',
    tasks: sum(({ tasks }) => tasks),
    done: sum(({ done }) => done),
    failed: sum(({ failed }) => failed),
    active: sum(({ active }) => active),
    retrying: sum(({ retrying }) => retrying),
    tokens: sum(({ tokens }) => tokens),
    costUsd: costs.reduce<number | null | undefined>(added, undefined) ?? null,
    // The slowest lane decides, once every lane has a guess.
    etaMs: etas.length === working.length && etas.length > 0 ? Math.max(...etas) : undefined,
    pause: pauses.toSorted((a, b) => b.leftMs - a.leftMs)[0],
    stopped:
      lanes.length > 0 && lanes.every(({ stopped }) => stopped) ? lanes[0]?.stopped : undefined,
  };
}
