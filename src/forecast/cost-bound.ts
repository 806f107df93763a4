import type { PreparedRun } from '../run/prepare.ts';
import type { Resumption } from '../run/resume.ts';
import { forecastLanes } from './forecast-lanes.ts';
import { sampleTasks } from './task-sample.ts';
import { addTotals } from './totals.ts';

/** The most that a run can cost, in US dollars; null where nothing bounds it. */
export interface CostBound {
  /** Without retries. */
  readonly ceilingUsd: number | null;
  /** What every retry of every task would add. */
  readonly retriesUsd: number | null;
}

/** The upper bound that a plan names, without the rest of it. */
export async function costBound(
  prepared: PreparedRun,
  resumption: Resumption | undefined,
): Promise<CostBound> {
  const samples = await sampleTasks(prepared.plan, resumption);
  const lanes = await forecastLanes(prepared, samples, { earlier: undefined, counts: undefined });
  const { cost, retriesUsd } = addTotals(lanes.map(({ totals }) => totals));
  return { ceilingUsd: cost && cost.ceiling, retriesUsd };
}
