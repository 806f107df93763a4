import type { ModelName } from '../manifest/manifest.ts';
import { requestWorstCase } from '../money/budget-obstacles.ts';
import { roundUsd } from '../money/cost.ts';
import type { TokenEstimator } from '../money/token-ranges.ts';
import type { FoundPrice } from '../money/find-price.ts';
import type { Plan } from '../plan/plan.ts';
import type { PromptRequest } from '../plan/task.ts';
import { dearestRequest } from '../providers/request-after-failure.ts';
import type { TemplateSample } from './task-sample.ts';
import { sumOfKnown, type Totals } from './totals.ts';

interface FallbackModel {
  readonly model: ModelName;
  readonly price: FoundPrice | undefined;
  readonly estimator: TokenEstimator;
}

/**
 * The highest cost of a template with one of its fallback models. It is unlikely, but a model may
 * charge for a refusal, and so may the next one, so a task may have to be paid for with every model
 * in its list. A run's budget reserves the same amounts, one model after the other.
 */
export async function fallbackBound(
  plan: Plan,
  { template, tasks, sampled }: TemplateSample,
  { model, price, estimator }: FallbackModel,
): Promise<Totals> {
  const attemptUsd = (request: PromptRequest): number | null =>
    requestWorstCase(request, price, { retries: 0, estimator })?.attemptUsd ?? null;
  const bounds: Bound[] = [];
  for (const task of sampled) {
    const rendered = await plan.render(task, { model });
    if (!rendered.ok) continue;
    const { request } = rendered;
    bounds.push({
      tokens: request.parameters.maxTokens ?? null,
      firstUsd: attemptUsd(request),
      againUsd: attemptUsd(dearestRequest(request)),
    });
  }
  const scaled = (figure: keyof Bound): number | null => {
    const sum = sumOfKnown(bounds.map((bound) => bound[figure]));
    return sum === null ? null : (sum * tasks) / Math.max(1, sampled.length);
  };
  const [outputTokens, firstUsd, againUsd] = [
    scaled('tokens'),
    scaled('firstUsd'),
    scaled('againUsd'),
  ];
  return {
    tasks: 0,
    inputTokens: 0,
    expectedOutput: 0,
    outputCeiling: outputTokens === null ? null : Math.round(outputTokens),
    cost: { low: 0, expected: 0, ceiling: firstUsd === null ? null : roundUsd(firstUsd) },
    uncachedUsd: 0,
    realtimeUsd: 0,
    batchedUsd: 0,
    retriesUsd: againUsd === null ? null : roundUsd(againUsd * template.maxRetries),
  };
}

/** The most tokens and costs of one request; null if unknown. */
interface Bound {
  readonly tokens: number | null;
  readonly firstUsd: number | null;
  readonly againUsd: number | null;
}
