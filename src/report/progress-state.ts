import type { RunEvent } from '../results/events.ts';
import {
  countFinished,
  countNotSent,
  laneProgress,
  newLane,
  totalProgress,
  type Lane,
  type LaneProgress,
} from './lane-progress.ts';

/** What is known about a run from its events so far. Depends on nothing else: the caller brings the time. */
export interface Progress {
  apply(event: RunEvent, nowMs: number): void;
  lanes(nowMs: number): readonly LaneProgress[];
  /** All lanes together; `lane` is then empty. */
  total(nowMs: number): LaneProgress;
  /** The longest-running tasks in flight, longest first, at most `limit`; of one lane if it is named. */
  active(nowMs: number, options: { readonly limit: number; readonly lane?: string }): ActiveTask[];
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
      case 'task_moved':
        leave(event.id);
        laneOf(event.from, nowMs).tasks -= 1;
        laneOf(event.to, nowMs).tasks += 1;
        return;
      case 'lane_paused': {
        const lane = laneOf(event.lane, nowMs);
        lane.pause = { untilMs: event.untilMs, failure: event.failure };
        return;
      }
      case 'lane_bound':
        laneOf(event.lane, nowMs).bound = event.bound ?? undefined;
        return;
      case 'lane_stopped':
        laneOf(event.lane, nowMs).stopped = event.failure;
        return;
      case 'task_finished':
        leave(event.record.id);
        countFinished(laneOf(event.lane, nowMs), event.record, nowMs);
        return;
      case 'task_not_sent':
        countNotSent(laneOf(event.lane, nowMs));
        return;
      case 'draining':
      case 'run_finished':
        return;
    }
  }

  return {
    apply,
    lanes: (nowMs) => [...lanes.values()].map((lane) => laneProgress(lane, nowMs)),
    total: (nowMs) => totalProgress([...lanes.values()].map((lane) => laneProgress(lane, nowMs))),
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

interface Running {
  readonly lane: Lane;
  readonly sinceMs: number;
  attempt: number;
  inFlight: boolean;
}
