import type { TaskTemplate } from '../manifest/manifest.ts';
import { roundUsd } from '../money/cost.ts';
import { createTokenEstimator, type TokenEstimator } from '../money/estimate-tokens.ts';
import type { FoundPrice } from '../money/find-price.ts';
import type { Task } from '../plan/task.ts';
import type { Plan } from '../plan/plan.ts';
import type { PreparedLane, PreparedRun } from '../run/prepare.ts';
import { pricesAsOf } from '../run/run-prices.ts';
import { costInterval, type CostInterval } from './cost-interval.ts';
import { adviceFor } from './advice.ts';
import type { ExactCounts } from './exact-counts.ts';
import type { Earlier } from './earlier.ts';
import { fallbackBound } from './fallback-bound.ts';
import { expectedAnswers } from './expected-answers.ts';
import { timesOf, type LaneForecast, type TemplateForecast } from './lane-forecast.ts';
import type { LaneTime } from './lane-time.ts';
import type { PlannedModel, PlannedTotals, VolleyPlan } from './plan-report.ts';
import { estimateRequest, type RequestEstimate } from './request-estimate.ts';
import { sampleTasks, type TemplateSample } from './task-sample.ts';
import { addTotals, scaledTotals, type Totals } from './totals.ts';
import { planWarnings } from './warnings.ts';

export interface PlanOptions {
  /** Wall time, for the age of the prices. */
  readonly epochMs: number;
  /** What earlier runs have done already. */
  readonly earlier?: Earlier | undefined;
  /** Counts what is sent, instead of an estimate. */
  readonly count?: (tasks: readonly Task[]) => Promise<ExactCounts>;
}

/** Works out what a volley would send, cost and take. Nothing is sent. */
export async function planVolley(
  prepared: PreparedRun,
  { epochMs, earlier, count }: PlanOptions,
): Promise<VolleyPlan> {
  const { plan } = prepared;
  const { manifest } = plan;
  const samples = await sampleTasks(plan, earlier?.resumption);
  const counts = await count?.(samples.flatMap(({ sampled }) => sampled));
  const lanes = await forecastLanes(prepared, samples, { earlier, counts });
  const times = await timesOf(lanes, manifest.run);
  const tells = (some: readonly LaneForecast[]): CostInterval | undefined =>
    earlier?.isSample === true ? costInterval(some) : undefined;
  const models = lanes.map((lane, at): PlannedModel => {
    return { model: lane.name, ...shown(withInterval(lane.totals, tells([lane])), times[at]) };
  });
  const interval = tells(lanes);
  const totals = withInterval(addTotals(lanes.map((lane) => lane.totals)), interval);
  const slowest = times.toSorted((one, other) => other.durationMs - one.durationMs)[0];
  const total = shown(totals, slowest);
  const spentUsd = earlier?.spentUsd ?? 0;
  const { maxCostUsd = Infinity } = manifest.budget ?? {};
  return {
    report: {
      v: 1,
      manifest: manifest.file,
      models,
      total,
      already_done: earlier?.resumption?.kept ?? 0,
      prices_as_of: pricesAsOf(
        manifest,
        lanes.map(({ price }) => price),
      ),
      warnings: planWarnings(manifest, { lanes, total, epochMs, spentUsd, counts }),
    },
    advice: await adviceFor(lanes, times, manifest.run),
    retriesUsd: totals.retriesUsd,
    interval,
    counted: counts && { asked: counts.asked },
    hasFallbacks: lanes.some(({ isFallback }) => isFallback),
    isAboveBudget: spentUsd + (totals.cost?.expected ?? 0) > maxCostUsd,
    isLatencyAssumed: lanes.some(({ templates }) =>
      templates.some(({ answers }) => answers.isLatencyAssumed),
    ),
  };
}

async function forecastLanes(
  { plan, lanes }: PreparedRun,
  samples: readonly TemplateSample[],
  known: Pick<TemplateFacts, 'earlier' | 'counts'>,
): Promise<readonly LaneForecast[]> {
  // A mock counts four characters a token; only other models are worth the tokenizer.
  const isCounted = lanes.some(({ provider }) => provider.type !== 'mock');
  const estimator = await createTokenEstimator(isCounted ? 'tokens' : 'bytes', {
    mostCharacters: MOST_CHARACTERS,
  });
  const forecasts: LaneForecast[] = [];
  for (const lane of lanes) {
    const templates: TemplateForecast[] = [];
    for (const sample of samples) {
      if (!isOf(lane, sample.template)) continue;
      templates.push(
        await forecastTemplate(plan, sample, { price: lane.price, estimator, ...known }),
      );
    }
    const bounds: Totals[] = [];
    for (const sample of samples) {
      if (!isFallbackOf(lane, sample.template)) continue;
      const { planned: model, price } = lane;
      bounds.push(await fallbackBound(plan, sample, { model, price, estimator }));
    }
    // A model whose tasks are all done.
    if (templates.length + bounds.length === 0 && lane.planned.total === 0) continue;
    forecasts.push({
      name: `${lane.planned.provider}/${lane.planned.model}`,
      limits: lane.limits,
      type: lane.provider.type,
      price: lane.price,
      templates,
      isFallback: bounds.length > 0,
      totals: addTotals([...templates.map(({ totals }) => totals), ...bounds]),
    });
  }
  return forecasts;
}

/** About a second of counting. */
const MOST_CHARACTERS = 8_000_000;

function isOf({ planned }: PreparedLane, { model }: Pick<TaskTemplate, 'model'>): boolean {
  return model.provider === planned.provider && model.model === planned.model;
}

function isFallbackOf(lane: PreparedLane, { fallbacks = [] }: TaskTemplate): boolean {
  return fallbacks.some((model) => isOf(lane, { model }));
}

interface TemplateFacts {
  readonly price: FoundPrice | undefined;
  readonly estimator: TokenEstimator;
  readonly earlier: Earlier | undefined;
  readonly counts: ExactCounts | undefined;
}

async function forecastTemplate(
  plan: Plan,
  { template, tasks, sampled }: TemplateSample,
  { price, estimator, earlier, counts }: TemplateFacts,
): Promise<TemplateForecast> {
  const known = earlier?.answersOf(template);
  const answers = expectedAnswers(plan.manifest, template, known);
  const { output, caching, writers } = answers;
  const writingShare = Math.min(1, writers / tasks);
  const estimates: RequestEstimate[] = [];
  let skipped = 0;
  for (const task of sampled) {
    const rendered = await plan.render(task);
    if (!rendered.ok && rendered.failure.code === 'CONDITION_FALSE') skipped += 1;
    if (!rendered.ok) continue;
    const countedInput = counts?.of(rendered.request);
    const facts = { estimator, price, output, caching, writingShare, countedInput };
    estimates.push(estimateRequest(rendered.request, facts));
  }
  const lookedAt = sampled.length - skipped;
  const sent = Math.round((tasks * lookedAt) / Math.max(1, sampled.length));
  const totals = scaledTotals(estimates, {
    tasks: sent,
    sampled: lookedAt,
    retries: template.maxRetries,
    isPriced: price !== undefined,
  });
  return { template, tasks: sent, sampled: lookedAt, answers, known, estimates, totals };
}

/** Bills speak louder than estimates. */
function withInterval(totals: Totals, interval: CostInterval | undefined): Totals {
  const { cost } = totals;
  if (!cost || !interval) return totals;
  const { lowUsd, expectedUsd } = interval;
  const ceiling = cost.ceiling === null ? null : Math.max(cost.ceiling, expectedUsd);
  const [low, expected] = [roundUsd(lowUsd), roundUsd(expectedUsd)];
  return {
    ...totals,
    cost: { low, expected, ceiling: ceiling === null ? null : roundUsd(ceiling) },
  };
}

function shown(totals: Totals, time: LaneTime | undefined): PlannedTotals {
  const { tasks, inputTokens, expectedOutput, outputCeiling, cost } = totals;
  return {
    tasks,
    input_tokens: inputTokens,
    output_tokens: { expected: expectedOutput, ceiling: outputCeiling },
    cost_usd: cost,
    duration_ms: Math.round(time?.durationMs ?? 0),
    bound_by: tasks === 0 ? null : (time?.boundBy ?? null),
  };
}
