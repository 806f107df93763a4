import type { TaskTemplate } from '../manifest/manifest.ts';
import { createTokenEstimator, type TokenEstimator } from '../money/estimate-tokens.ts';
import type { FoundPrice } from '../money/find-price.ts';
import type { Plan } from '../plan/plan.ts';
import type { PreparedLane, PreparedRun } from '../run/prepare.ts';
import { pricesAsOf } from '../run/run-prices.ts';
import { adviceFor } from './advice.ts';
import type { Earlier } from './earlier.ts';
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
}

/** Works out what a volley would send, cost and take. Nothing is sent. */
export async function planVolley(
  prepared: PreparedRun,
  { epochMs, earlier }: PlanOptions,
): Promise<VolleyPlan> {
  const { plan } = prepared;
  const { manifest } = plan;
  const samples = await sampleTasks(plan, earlier?.resumption);
  const lanes = await forecastLanes(prepared, samples, earlier);
  const times = await timesOf(lanes, manifest.run);
  const models = lanes.map(({ name, totals }, at): PlannedModel => {
    return { model: name, ...shown(totals, times[at]) };
  });
  const totals = addTotals(lanes.map((lane) => lane.totals));
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
      already_done: earlier?.resumption.kept ?? 0,
      prices_as_of: pricesAsOf(
        manifest,
        lanes.map(({ price }) => price),
      ),
      warnings: planWarnings(manifest, { lanes, total, epochMs, spentUsd }),
    },
    advice: await adviceFor(lanes, times, manifest.run),
    retriesUsd: totals.retriesUsd,
    isAboveBudget: spentUsd + (totals.cost?.expected ?? 0) > maxCostUsd,
    isLatencyAssumed: lanes.some(({ templates }) =>
      templates.some(({ answers }) => answers.isLatencyAssumed),
    ),
  };
}

async function forecastLanes(
  { plan, lanes }: PreparedRun,
  samples: readonly TemplateSample[],
  earlier: Earlier | undefined,
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
        await forecastTemplate(plan, sample, { price: lane.price, estimator, earlier }),
      );
    }
    // A model that is only a fallback is asked nothing, as far as can be foreseen.
    if (templates.length === 0 && lane.planned.total === 0) continue;
    forecasts.push({
      name: `${lane.planned.provider}/${lane.planned.model}`,
      limits: lane.limits,
      type: lane.provider.type,
      price: lane.price,
      templates,
      totals: addTotals(templates.map(({ totals }) => totals)),
    });
  }
  return forecasts;
}

/** About a second of counting. */
const MOST_CHARACTERS = 8_000_000;

function isOf({ planned }: PreparedLane, { model }: TaskTemplate): boolean {
  return model.provider === planned.provider && model.model === planned.model;
}

async function forecastTemplate(
  plan: Plan,
  { template, tasks, sampled }: TemplateSample,
  {
    price,
    estimator,
    earlier,
  }: {
    readonly price: FoundPrice | undefined;
    readonly estimator: TokenEstimator;
    readonly earlier: Earlier | undefined;
  },
): Promise<TemplateForecast> {
  const answers = expectedAnswers(plan.manifest, template, earlier?.answersOf(template));
  const { output, caching, writers } = answers;
  const writingShare = Math.min(1, writers / tasks);
  const estimates: RequestEstimate[] = [];
  let skipped = 0;
  for (const task of sampled) {
    const rendered = await plan.render(task);
    if (!rendered.ok && rendered.failure.code === 'CONDITION_FALSE') skipped += 1;
    if (!rendered.ok) continue;
    const known = { estimator, price, output, caching, writingShare };
    estimates.push(estimateRequest(rendered.request, known));
  }
  const lookedAt = sampled.length - skipped;
  const sent = Math.round((tasks * lookedAt) / Math.max(1, sampled.length));
  const totals = scaledTotals(estimates, {
    tasks: sent,
    sampled: lookedAt,
    retries: template.maxRetries,
    isPriced: price !== undefined,
  });
  return { template, tasks: sent, sampled: lookedAt, answers, estimates, totals };
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
