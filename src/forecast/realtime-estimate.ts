import type { PreparedRun } from '../run/prepare-run.ts';
import type { Resumption } from '../run/resume.ts';
import { forecastLanes } from './forecast-lanes.ts';
import { timesOf, type LaneForecast } from './lane-forecast.ts';
import { sampleTasks } from './task-sample.ts';

/** Estimates, as a plan does, how long a share (0 to 1) of a run's tasks takes in realtime. */
export async function realtimeEstimate(
  prepared: PreparedRun,
  resumption: Resumption | undefined,
): Promise<(share: number) => number> {
  const { plan } = prepared;
  const samples = await sampleTasks(plan, resumption);
  const lanes = await forecastLanes(prepared, samples, { earlier: undefined, counts: undefined });
  const longestMs = async (some: readonly LaneForecast[]): Promise<number> => {
    const times = await timesOf(some, plan.manifest.run);
    return Math.max(0, ...times.map(({ durationMs }) => durationMs));
  };
  const allMs = await longestMs(lanes);
  // Even if there are few tasks, they must wait for the tasks that they need.
  const fewMs = await longestMs(lanes.map(withOneTaskEach));
  return (share) => fewMs + Math.max(0, allMs - fewMs) * share;
}

function withOneTaskEach(lane: LaneForecast): LaneForecast {
  return {
    ...lane,
    templates: lane.templates.map((each) => ({ ...each, tasks: Math.min(1, each.tasks) })),
  };
}
