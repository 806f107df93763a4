import type { Failure } from '../errors/failure.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { mayFillCache } from '../batch/batch-cache.ts';
import type { ModelName, RunSettings, TaskTemplate } from '../manifest/manifest.ts';
import { createTokenEstimator, type TokenEstimator } from '../money/token-ranges.ts';
import type { FoundPrice } from '../money/find-price.ts';
import type { Plan } from '../plan/plan.ts';
import type { PromptRequest } from '../plan/task.ts';
import {
  expectedBatchCaching,
  expectedCaching,
  type ExpectedCaching,
} from '../prefix/expected-caching.ts';
import { createWarmUp, type WarmUpOptions } from '../prefix/warm-up.ts';
import { lanesCaching } from '../run/lane-caching.ts';
import type { PreparedLane, PreparedRun } from '../run/prepare-run.ts';
import type { Earlier } from './earlier-answers.ts';
import type { ExactCounts } from './exact-counts.ts';
import { expectedAnswers } from './expected-answers.ts';
import type { LaneForecast, TemplateForecast } from './lane-forecast.ts';
import { estimateRequest, type RequestEstimate } from './request-estimate.ts';
import { type TemplateSample, sampleTasks } from './task-sample.ts';
import { addTotals, UNPRICED, type Totals } from './plan-totals.ts';
import type { Resumption } from '../run/resume.ts';

/** Information from outside the manifest. */
interface Knowledge {
  readonly earlier: Pick<Earlier, 'answersOf' | 'resumption'> | undefined;
  /** Tokens as counted by the providers. */
  readonly counts: ExactCounts | undefined;
  /** Whether the tasks of a model are sent, and paid for, in batches; default: no. */
  readonly inBatches?: (lane: PreparedLane) => boolean;
}

/** A forecast per lane that has something to send. */
export async function forecastLanes(
  prepared: PreparedRun,
  samples: readonly TemplateSample[],
  known: Knowledge,
): Promise<readonly LaneForecast[]> {
  const { plan, lanes } = prepared;
  // Mocks count four characters per token. Other models need the tokenizer.
  const isCounted = lanes.some(({ provider }) => provider.type !== 'mock');
  const estimator = await createTokenEstimator(isCounted ? 'tokens' : 'bytes', {
    mostCharacters: MOST_CHARACTERS,
  });
  const forecasts: LaneForecast[] = [];
  const cachingOf = await lanesCaching(prepared, { resumption: known.earlier?.resumption });
  for (const lane of lanes) {
    const { planned: model, price } = lane;
    const facts = { ...known, model, price, estimator };
    const cachedOf = cachingFinder(cachingOf(lane), plan.manifest.run);
    const isBatch = known.inBatches?.(lane) ?? false;
    const templates: TemplateForecast[] = [];
    const bounds: Totals[] = [];
    for (const sample of samples) {
      const { model: first, fallbacks = [] } = sample.template;
      if (isSame(first, model)) {
        templates.push(await forecastTemplate(plan, sample, { ...facts, cachedOf, isBatch }));
      }
      if (fallbacks.some((each) => isSame(each, model))) {
        bounds.push(onlyBounds((await forecastTemplate(plan, sample, facts)).totals));
      }
    }
    // All tasks of the model are done.
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

/** Counting this many characters takes about a second. */
const MOST_CHARACTERS = 8_000_000;

function isSame(one: ModelName, other: ModelName): boolean {
  return one.provider === other.provider && one.model === other.model;
}

/**
 * The bounds for a model that is only a fallback. It is unlikely to be asked, but a model may
 * charge for a refusal, and so may the next one, so a task may have to be paid for with every model
 * in its list. A run's budget reserves the same amounts, one model after the other.
 */
function onlyBounds({ outputCeiling, ceilingUsd, retriesUsd }: Totals): Totals {
  return { ...addTotals([]), outputCeiling, ceilingUsd, retriesUsd };
}

interface TemplateFacts extends Knowledge {
  readonly model: ModelName;
  readonly price: FoundPrice | undefined;
  readonly estimator: TokenEstimator;
  readonly cachedOf?: CachedOf;
  readonly isBatch?: boolean;
}

/** The parts of a request that are expected to be cached. */
type CachedOf = (
  request: PromptRequest,
  template: TaskTemplate,
) => { readonly cached?: ExpectedCaching; readonly cachedInBatch?: ExpectedCaching };

function cachingFinder(caching: WarmUpOptions | undefined, run: RunSettings): CachedOf {
  if (!caching) return () => ({});
  const { minRows = 10 } = run.batch ?? {};
  const warmUp = createWarmUp(caching);
  return (request, template) => {
    const shared = warmUp.shared(request, template);
    if (!shared) return {};
    return {
      cached: expectedCaching(shared, caching),
      ...(mayFillCache(run) && {
        cachedInBatch: expectedBatchCaching(shared, { rules: caching.rules, minRows }),
      }),
    };
  };
}

async function forecastTemplate(
  plan: Plan,
  { template, tasks, sampled }: TemplateSample,
  { model, cachedOf, earlier, counts, ...facts }: TemplateFacts,
): Promise<TemplateForecast> {
  const known = earlier?.answersOf({ ...template, model });
  const answers = expectedAnswers(plan.manifest, { ...template, model }, known);
  const estimates: RequestEstimate[] = [];
  let skipped = 0;
  for (const task of sampled) {
    const rendered = await plan.render(task, { model });
    if (!rendered.ok && plan.manifest.work?.isSpent()) throw outOfWork(rendered.failure);
    if (!rendered.ok && rendered.failure.code === 'CONDITION_FALSE') skipped += 1;
    if (!rendered.ok) continue;
    const { request } = rendered;
    const estimate = estimateRequest(request, {
      ...facts,
      ...cachedOf?.(request, template),
      output: answers.output,
      countedInput: counts?.of(request),
      retries: template.maxRetries,
    });
    estimates.push(estimate);
  }
  const lookedAt = sampled.length - skipped;
  const scale = tasks / Math.max(1, sampled.length);
  const totals = {
    ...addTotals(
      estimates.map((estimate) => estimate.totals),
      scale,
    ),
    tasks: Math.round(lookedAt * scale),
    ...(facts.price ? {} : UNPRICED),
  };
  return {
    template,
    tasks: totals.tasks,
    sampled: lookedAt,
    answers,
    known,
    estimates,
    totals,
  };
}

/**
 * Rendering takes too much work: a forecast from the few tasks rendered so far would be useless.
 */
function outOfWork({ message, hint }: Failure): VolleyError {
  return new VolleyError(message, { exitCode: EXIT.usage, ...(hint !== undefined && { hint }) });
}

/** The highest cost of a run, and that of all its retries. */
export type CostBound = Pick<Totals, 'ceilingUsd' | 'retriesUsd'>;

/** Computes only the upper bound of a plan. */
export async function costBound(
  prepared: PreparedRun,
  resumption: Resumption | undefined,
): Promise<CostBound> {
  const samples = await sampleTasks(prepared.plan, resumption);
  const lanes = await forecastLanes(prepared, samples, { earlier: undefined, counts: undefined });
  return addTotals(lanes.map(({ totals }) => totals));
}
