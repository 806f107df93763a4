import type { ModelName } from '../manifest/manifest.ts';
import { requestWorstCase } from '../money/budget-obstacles.ts';
import { roundUsd } from '../money/cost.ts';
import type { TokenEstimator } from '../money/token-ranges.ts';
import type { FoundPrice } from '../money/find-price.ts';
import type { Plan } from '../plan/plan.ts';
import { dearestRequest } from '../providers/request-after-failure.ts';
import type { TemplateSample } from './task-sample.ts';
import type { Totals } from './totals.ts';

interface FallbackModel {
  readonly model: ModelName;
  readonly price: FoundPrice | undefined;
  readonly estimator: TokenEstimator;
}

/**
 * The highest cost of a template at one of its fallback models. It is not expected; but a model may
 * charge for a refusal, and so may the next, so each task may be paid at every model of its list.
 * The budget of a run reserves the same, one model after the other.
 */
export async function fallbackBound(
  plan: Plan,
  { template, tasks, sampled }: TemplateSample,
  { model, price, estimator }: FallbackModel,
): Promise<Totals> {
  const scale = tasks / Math.max(1, sampled.length);
  let outputTokens: number | null = 0;
  let firstUsd: number | null = 0;
  let againUsd: number | null = 0;
  for (const task of sampled) {
    const rendered = await plan.render(task, { model });
    if (!rendered.ok) continue;
    const { request } = rendered;
    const worst = requestWorstCase(request, price, { retries: 0, estimator });
    const dearest = requestWorstCase(dearestRequest(request), price, { retries: 0, estimator });
    outputTokens = plus(outputTokens, request.parameters.maxTokens);
    firstUsd = plus(firstUsd, worst?.attemptUsd);
    againUsd = plus(againUsd, dearest?.attemptUsd);
  }
  return {
    tasks: 0,
    inputTokens: 0,
    expectedOutput: 0,
    outputCeiling: outputTokens === null ? null : Math.round(scale * outputTokens),
    cost: { low: 0, expected: 0, ceiling: firstUsd === null ? null : roundUsd(scale * firstUsd) },
    uncachedUsd: 0,
    realtimeUsd: 0,
    batchedUsd: 0,
    retriesUsd: againUsd === null ? null : roundUsd(scale * againUsd * template.maxRetries),
  };
}

/** Null if any part is unknown. */
function plus(sum: number | null, more: number | undefined): number | null {
  return sum === null || more === undefined ? null : sum + more;
}
