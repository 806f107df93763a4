import { isDeepStrictEqual } from 'node:util';
import { roundUsd } from '../money/cost.ts';
import type { FoundPrice } from '../money/find-price.ts';
import type { Task } from '../plan/task.ts';
import type { PreparedLane, PreparedRun } from '../run/prepare-run.ts';
import { pricesAsOf } from '../run/run-prices.ts';
import { costInterval, type CostInterval } from './cost-interval.ts';
import type { ExactCounts } from './exact-counts.ts';
import type { Earlier } from './earlier-answers.ts';
import { forecastLanes } from './forecast-lanes.ts';
import { atModePrices, planModes, serviceOfLane } from './mode-costs.ts';
import { timesOf, type LaneForecast } from './lane-forecast.ts';
import { decidingLane, type LaneTime } from './lane-time.ts';
import type { LearnedLength, PlannedModel, PlannedTotals, VolleyPlan } from './plan-report.ts';
import { sampleTasks } from './task-sample.ts';
import { addTotals, type Totals } from './plan-totals.ts';
import { planWarnings } from './plan-warnings.ts';

export interface PlanOptions {
  /** The current time, to tell how old the prices are. */
  readonly epochMs: number;
  readonly earlier?: Earlier | undefined;
  /** Counts tokens exactly instead of estimating them. */
  readonly count?: (tasks: readonly Task[]) => Promise<ExactCounts>;
}

/**
 * Calculates what a volley would send and cost and how long it would take, without sending
 * anything.
 */
export async function planVolley(
  usual: PreparedRun,
  { epochMs, earlier, count }: PlanOptions,
): Promise<VolleyPlan> {
  const { plan } = usual;
  const { manifest } = plan;
  const prepared = atModePrices(usual);
  const samples = await sampleTasks(plan, earlier?.resumption);
  const counts = await count?.(samples.flatMap(({ sampled }) => sampled));
  const knowledge = {
    earlier,
    counts,
    inBatches: (lane: PreparedLane) => serviceOfLane(lane, usual) === 'batch',
  };
  const lanes = await forecastLanes(prepared, samples, knowledge);
  const times = await timesOf(lanes, manifest.run);
  const tells = (some: readonly LaneForecast[]): CostInterval | undefined =>
    earlier ? costInterval(some) : undefined;
  const models = lanes.map((lane, at): PlannedModel => {
    return { model: lane.name, ...shown(withInterval(lane.totals, tells([lane])), times[at]) };
  });
  const interval = tells(lanes);
  const totals = withInterval(addTotals(lanes.map(totalsOf)), interval);
  const total = shown(totals, {
    durationMs: Math.max(0, ...times.map(({ durationMs }) => durationMs)),
    boundBy: times[decidingLane(times)]?.boundBy ?? 'latency',
  });
  const budgetLanes =
    hasOtherBudgetPrices(prepared) &&
    (await forecastLanes(atBudgetPrices(prepared), samples, knowledge));
  const budgetTotals = budgetLanes ? addTotals(budgetLanes.map(totalsOf)) : totals;
  const prices = lanes.map(({ price }) => price);
  const cachedCount = earlier?.resumption?.cached ?? 0;
  const spentUsd = earlier?.spentUsd ?? 0;
  const { maxCostUsd = Infinity } = manifest.budget ?? {};
  return {
    report: {
      v: 1,
      manifest: manifest.file,
      models,
      total,
      modes: await planModes(lanes, usual, total.duration_ms),
      already_done: earlier?.resumption?.kept ?? 0,
      ...(cachedCount > 0 && { cached: cachedCount }),
      prices_as_of: pricesAsOf(manifest, prices),
      warnings: planWarnings(manifest, { lanes, total, budgetTotals, epochMs, spentUsd, counts }),
    },
    retriesUsd: totals.retriesUsd,
    interval,
    counted: counts && { asked: counts.asked },
    isRealtime: usual.lanes.some((lane) => serviceOfLane(lane, usual) === 'standard'),
    hasFallbacks: lanes.some(({ isFallback }) => isFallback),
    isAboveBudget: spentUsd + (budgetTotals.expectedUsd ?? 0) > maxCostUsd,
    learned: lanes.flatMap(learnedLengths),
    isLatencyAssumed: lanes.some(({ templates }) =>
      templates.some(({ answers }) => answers.isLatencyAssumed),
    ),
  };
}

function totalsOf({ totals }: LaneForecast): Totals {
  return totals;
}

/** The answer lengths that the forecast of a lane takes from earlier answers. */
function learnedLengths({ name, templates }: LaneForecast): readonly LearnedLength[] {
  return templates.flatMap(({ template, tasks, answers, known }) => {
    if (!known || tasks === 0 || answers.output.basis !== 'records') return [];
    const { count, mean, standardError } = known.outputs;
    const spread = count < 2 ? 0 : standardError * Math.sqrt(count);
    return [{ task: template.id, model: name, answers: count, mean, spread }];
  });
}

/** Whether the budget uses different prices, because the manifest lowers the usual ones. */
function hasOtherBudgetPrices({ plan, lanes }: PreparedRun): boolean {
  if (!plan.manifest.budget?.callersCap) return false;
  return lanes.some(
    ({ price, budgetPrice }) => !isDeepStrictEqual(ratesOf(price), ratesOf(budgetPrice)),
  );
}

function ratesOf(price: FoundPrice | undefined) {
  return price && { base: price.base, tiers: price.tiers, factors: price.factors };
}

function atBudgetPrices({ lanes, ...prepared }: PreparedRun): PreparedRun {
  return { ...prepared, lanes: lanes.map((lane) => ({ ...lane, price: lane.budgetPrice })) };
}

/** Prefers observed costs to estimates. */
function withInterval(totals: Totals, interval: CostInterval | undefined): Totals {
  if (totals.expectedUsd === null || !interval) return totals;
  const { ceilingUsd } = totals;
  return {
    ...totals,
    lowUsd: roundUsd(interval.lowUsd),
    expectedUsd: roundUsd(interval.expectedUsd),
    ceilingUsd: ceilingUsd === null ? null : roundUsd(Math.max(ceilingUsd, interval.expectedUsd)),
  };
}

function shown(totals: Totals, time: LaneTime | undefined): PlannedTotals {
  const { tasks, lowUsd: low, expectedUsd: expected, ceilingUsd: ceiling } = totals;
  return {
    tasks,
    input_tokens: totals.inputTokens,
    output_tokens: { expected: totals.outputTokens, ceiling: totals.outputCeiling },
    cost_usd: low === null || expected === null ? null : { low, expected, ceiling },
    uncached_cost_usd: totals.uncachedUsd,
    duration_ms: Math.round(time?.durationMs ?? 0),
    bound_by: tasks === 0 ? null : (time?.boundBy ?? null),
  };
}
