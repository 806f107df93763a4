import type { Limits } from '../manifest/manifest.ts';
import { formatCount, formatDuration } from '../report/format.ts';
import { timesOf, type LaneForecast } from './lane-forecast.ts';
import { decidingLane, type BoundBy, type LaneTime } from './lane-time.ts';

/** Ignore savings below this share of the time. */
const WORTH = 0.15;

/** The one change to the manifest that would save the most time; undefined if none saves much. */
export async function adviceFor(
  lanes: readonly LaneForecast[],
  times: readonly LaneTime[],
  run: { readonly maxConcurrent: number },
): Promise<string | undefined> {
  const nowMs = longest(times);
  const deciding = decidingLane(times);
  const lane = lanes[deciding];
  const boundBy = times[deciding]?.boundBy;
  const change = lane && boundBy && changeFor(lane, boundBy);
  if (!change) return undefined;
  const changed = { ...lane, limits: { ...lane.limits, ...change.limits } };
  const thenMs = longest(await timesOf(lanes.with(deciding, changed), run));
  if (nowMs - thenMs < WORTH * nowMs) return undefined;
  return `${boundBy}-bound: \`${change.name}\` ${change.from} → ${change.to} would save ${formatDuration(nowMs - thenMs)}, if the provider allows it`;
}

function longest(times: readonly LaneTime[]): number {
  return Math.max(0, ...times.map(({ durationMs }) => durationMs));
}

interface Change {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly limits: Limits;
}

/** Doubles the limit that is the bottleneck. */
function changeFor({ limits }: LaneForecast, boundBy: BoundBy): Change | undefined {
  if (boundBy === 'concurrency') {
    const most = limits.concurrency?.max;
    if (most === undefined) return undefined;
    return {
      name: 'concurrency',
      from: String(most),
      to: String(2 * most),
      limits: { concurrency: { start: 2 * most, max: 2 * most } },
    };
  }
  const name = RAISED.find((each) => each === boundBy);
  const declared = name && limits[name];
  if (name === undefined || declared === undefined) return undefined;
  return {
    name,
    from: formatCount(declared),
    to: formatCount(2 * declared),
    limits: { [name]: 2 * declared },
  };
}

const RAISED = ['rpm', 'tpm', 'itpm', 'otpm'] as const;
