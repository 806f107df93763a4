import { MOST_PRIMING_MS } from '../batch/batch-feed.ts';
import { MOST_ROUNDS } from '../batch/batch-or-realtime.ts';
import { DEFAULT_BATCH_MS } from '../manifest/build-providers.ts';
import type { TaskNode } from '../plan/graph.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import { timesOf, type LaneForecast } from './lane-forecast.ts';
import type { PlannedSpan } from './plan-report.ts';

/**
 * Vendors say only that flex is slower. A plan assumes that it is slower by at most this factor.
 */
export const FLEX_SLOWDOWN = 5;

/** According to vendors, most batches end within an hour, and each within a day. */
const BATCH_MS = { min: 3_600_000, max: 86_400_000 };

/**
 * The shortest and longest duration in the flex tier: from as fast as realtime to several times
 * slower.
 */
export async function flexSpan(
  lanes: readonly LaneForecast[],
  {
    run,
    realtimeMs,
  }: { readonly run: { readonly maxConcurrent: number }; readonly realtimeMs: number },
): Promise<PlannedSpan> {
  const times = await timesOf(lanes.map(slowed), run);
  return {
    low: realtimeMs,
    high: Math.round(Math.max(realtimeMs, ...times.map(({ durationMs }) => durationMs))),
  };
}

function slowed(lane: LaneForecast): LaneForecast {
  return {
    ...lane,
    templates: lane.templates.map((each) => ({
      ...each,
      answers: {
        ...each.answers,
        draw(random) {
          const { latencyMs, ...example } = each.answers.draw(random);
          return { ...example, latencyMs: FLEX_SLOWDOWN * latencyMs };
        },
      },
    })),
  };
}

/**
 * The usual and the longest duration of batches. If tasks wait for others, their batches follow one
 * another.
 */
export function batchSpan(
  lanes: readonly LaneForecast[],
  { plan, lanes: prepared }: PreparedRun,
  realtimeMs: number,
): PlannedSpan {
  const { minRows = 10, leftovers = 'realtime' } = plan.manifest.run.batch ?? {};
  const asked = lanes.filter(({ totals }) => totals.tasks > 0);
  if (asked.length === 0) return { low: 0, high: 0 };
  const durations = asked.map(({ name, type }) => {
    if (type !== 'mock') return BATCH_MS;
    const lane = prepared.find(({ planned }) => name === `${planned.provider}/${planned.model}`);
    const { mock } = plan.manifest.providers.get(lane?.provider.name ?? '') ?? {};
    return mock?.batch?.durationMs ?? DEFAULT_BATCH_MS;
  });
  const isPrimed = asked.some(
    ({ totals: { batchedUsd, uncachedUsd } }) => (batchedUsd ?? 0) < (uncachedUsd ?? 0),
  );
  const levels = levelsOf(plan.nodes, lanes, minRows);
  const rounds = leftovers === 'batch' ? MOST_ROUNDS : 1;
  return {
    low: levels * Math.max(...durations.map(({ min }) => min)),
    // Rows that expire are sent in realtime in the end.
    high: Math.round(
      levels * rounds * Math.max(...durations.map(({ max }) => max)) +
        (isPrimed ? MOST_PRIMING_MS : 0) +
        realtimeMs,
    ),
  };
}

/**
 * How many levels of batches wait for one another. Later levels with few tasks are sent in realtime
 * and do not count.
 */
function levelsOf(
  nodes: readonly TaskNode[],
  lanes: readonly LaneForecast[],
  minRows: number,
): number {
  const tasks = new Map<string, number>();
  for (const { template, tasks: count } of lanes.flatMap(({ templates }) => templates)) {
    tasks.set(template.id, (tasks.get(template.id) ?? 0) + count);
  }
  const depths = new Map<TaskNode, number>();
  const depthOf = (node: TaskNode): number => {
    const known =
      depths.get(node) ?? 1 + Math.max(0, ...node.needs.map((need) => depthOf(need.node)));
    depths.set(node, known);
    return known;
  };
  const rows = new Map<number, number>();
  for (const node of nodes) {
    const depth = depthOf(node);
    rows.set(depth, (rows.get(depth) ?? 0) + (tasks.get(node.template.id) ?? 0));
  }
  const [first, ...later] = [...rows.keys()]
    .toSorted((one, other) => one - other)
    .map((depth) => rows.get(depth) ?? 0)
    .filter((count) => count > 0);
  return first === undefined ? 0 : 1 + later.filter((count) => count >= minRows).length;
}
