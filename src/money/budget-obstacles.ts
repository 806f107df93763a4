import type { CallersCap, ModelName, Parameters } from '../manifest/manifest.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { TokenEstimator } from './token-ranges.ts';
import { factorOf, type Price } from '../manifest/price-rates.ts';
import { serviceOf, unboundedParams } from './service-tier.ts';
import { asksForLongCache, worstCase, type WorstCase } from './worst-case.ts';

export interface Obstacle {
  readonly message: string;
  readonly hint: string;
}

/**
 * Why tasks with these parameters cannot run under a budget. This is known before anything is
 * rendered.
 */
export function budgetObstacle(
  model: ModelName,
  parameters: Parameters,
  price: Price | undefined,
  { allowedParams = NO_NAMES }: Partial<Pick<CallersCap, 'allowedParams'>> = {},
): Obstacle | undefined {
  const name = `${model.provider}/${model.model}`;
  if (price === undefined) {
    return {
      message: `no price is known for \`${name}\`, but a budget is set`,
      hint: `add it in US dollars per million tokens: \`prices: { "${name}": { input: 1, output: 2 } }\``,
    };
  }
  if (isFree(price)) return undefined;
  const service = serviceOf(parameters);
  if (service === undefined || factorOf(price, service) === undefined) {
    return {
      message: `the price of \`${name}\` is not known for the service that \`params\` asks for`,
      hint:
        service === undefined
          ? 'leave `service_tier` and `speed` out of `params`, or run without a budget'
          : `add \`${service}\`, the multiple of its standard price, to \`prices\``,
    };
  }
  const unbounded = unboundedParams(parameters).find((param) => !allowedParams.has(param));
  if (unbounded !== undefined) {
    return {
      message: `the cost of \`${unbounded}\` in \`params\` is not known in advance, but a budget is set`,
      hint: 'leave it out, or run without a budget',
    };
  }
  if (parameters.maxTokens !== undefined) return undefined;
  return {
    message: `\`max_tokens\` is missing for \`${name}\`, but a budget is set`,
    hint: 'set it: without a limit on the answer, its cost has no limit',
  };
}

/**
 * The obstacle if only the manifest gives a price, because such a price does not protect the
 * caller.
 */
export function untrustedPrice({ provider, model }: ModelName): Obstacle {
  return {
    message: `only the manifest gives a price for \`${provider}/${model}\`, but \`--max-cost-usd\` is set`,
    hint: 'check it, then add `--trust-prices`, or set the price with `--prices FILE`',
  };
}

/** The worst case of a rendered task; null if a `budgetObstacle` prevents it. */
export function requestWorstCase(
  { model, parameters, ...texts }: PromptRequest,
  price: Price | undefined,
  options: {
    readonly retries: number;
    readonly estimator: TokenEstimator;
    readonly callersCap?: CallersCap | undefined;
    /** Whether Volley may cache the request with a long lifetime. */
    readonly longCache?: boolean;
  },
): WorstCase | null {
  const { retries, estimator, callersCap, longCache = false } = options;
  if (price === undefined || budgetObstacle(model, parameters, price, callersCap)) return null;
  const ceiling = {
    inputTokens: estimator.ofRequest({ model, parameters, ...texts }).high,
    outputTokens: parameters.maxTokens ?? 0,
  };
  return worstCase(ceiling, price, {
    retries,
    service: isFree(price) ? 'standard' : (serviceOf(parameters) ?? 'standard'),
    longCache: longCache || asksForLongCache(parameters),
  });
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** Whether the model is free at any usage, so it needs no limit. */
function isFree({ base, tiers }: Price): boolean {
  return [base, ...tiers.map(({ rates }) => rates)].every((rates) =>
    Object.values(rates).every((rate) => rate === 0),
  );
}
