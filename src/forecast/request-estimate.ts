import type { Parameters } from '../manifest/manifest.ts';
import type { Price } from '../manifest/price-rates.ts';
import { requestWorstCase } from '../money/budget-obstacles.ts';
import { costOf } from '../money/cost.ts';
import type { TokenEstimator, TokenRange } from '../money/token-ranges.ts';
import type { OutputExpectation } from '../money/answer-length-stats.ts';
import { serviceOf } from '../money/service-tier.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { ExpectedCaching } from '../prefix/expected-caching.ts';
import type { Usage } from '../providers/provider.ts';
import { roughRequestTokens } from '../plan/estimate-input-tokens.ts';
import { UNPRICED, type Totals } from './plan-totals.ts';
import { dearestRequest } from '../providers/request-after-failure.ts';
import { NO_USAGE } from '../providers/usage-fields.ts';

/** The expected size and cost of one request. */
export interface RequestEstimate {
  /** The whole input. */
  readonly input: TokenRange;
  readonly output: OutputExpectation;
  /** Input tokens read from and written to a cache: see `expectedCaching`. */
  readonly cached: ExpectedCaching;
  /** The input tokens that the scheduler reserves from the limits. */
  readonly reservedInput: number;
  readonly totals: Totals;
}

export interface RequestFacts {
  readonly estimator: TokenEstimator;
  readonly price: Price | undefined;
  readonly output: OutputExpectation;
  /** From `expectedCaching`; undefined: nothing is cached. */
  readonly cached?: ExpectedCaching;
  /** The same in a batch. */
  readonly cachedInBatch?: ExpectedCaching;
  /** Whether it is sent in a batch. */
  readonly isBatch?: boolean | undefined;
  /** Input tokens as counted by the provider. */
  readonly countedInput?: number | undefined;
  readonly retries: number;
}

export function estimateRequest(request: PromptRequest, facts: RequestFacts): RequestEstimate {
  const { estimator, price, output, countedInput: counted, cached = NOTHING_CACHED } = facts;
  const input =
    counted === undefined
      ? estimator.ofRequest(request)
      : { low: counted, expected: counted, high: counted };
  const reservedInput = roughRequestTokens(request);
  return {
    input,
    output,
    cached: scaled(cached, input.expected / reservedInput),
    reservedInput,
    totals: {
      tasks: 1,
      inputTokens: input.expected,
      outputTokens: output.expected,
      outputCeiling: output.ceiling ?? null,
      ...(price ? costsOf(request, price, { ...facts, input, reservedInput }) : UNPRICED),
    },
  };
}

const NOTHING_CACHED: ExpectedCaching = {
  readTokens: 0,
  writtenTokens: 0,
  writtenLongTokens: 0,
  calledTokens: 0,
};

/** Multiplies all token counts, to convert between two ways of estimating. */
function scaled(cached: ExpectedCaching, scale: number): ExpectedCaching {
  const { readTokens, writtenTokens, writtenLongTokens, calledTokens } = cached;
  return {
    readTokens: readTokens * scale,
    writtenTokens: writtenTokens * scale,
    writtenLongTokens: writtenLongTokens * scale,
    calledTokens: calledTokens * scale,
  };
}

type Costs = Pick<Totals, keyof typeof UNPRICED>;

function costsOf(
  request: PromptRequest,
  price: Price,
  facts: RequestFacts & Pick<RequestEstimate, 'input' | 'reservedInput'>,
): Costs {
  const { input, output, estimator, isBatch = false, reservedInput, retries } = facts;
  const { cached = NOTHING_CACHED, cachedInBatch = NOTHING_CACHED } = facts;
  const own = isBatch ? cachedInBatch : cached;
  const cost = (inputTokens: number, outputTokens: number, of: ExpectedCaching): number | null => {
    const parts = scaled(of, inputTokens / reservedInput);
    const { readTokens, writtenTokens, writtenLongTokens, calledTokens } = parts;
    const usage = {
      ...NO_USAGE,
      inputTokens: Math.max(0, inputTokens + calledTokens - readTokens - writtenTokens),
      outputTokens,
      cacheReadTokens: readTokens,
      cacheWriteTokens: writtenTokens,
      cacheWriteLongTokens: writtenLongTokens,
    };
    return priceOf(usage, request.parameters, price);
  };
  const realtimeUsd = cost(input.expected, output.expected, cached);
  const batchedUsd = cost(input.expected, output.expected, cachedInBatch);
  const uncachedUsd = cost(input.expected, output.expected, NOTHING_CACHED);
  const lowUsd = cost(input.low, output.low, own);
  const expectedUsd = isBatch ? batchedUsd : realtimeUsd;
  if (expectedUsd === null || lowUsd === null) return UNPRICED;
  const most = { retries: 0, estimator, longCache: own.writtenLongTokens > 0 };
  const worst = requestWorstCase(request, price, most);
  // A retry may cost more than the first attempt.
  const dearest = requestWorstCase(dearestRequest(request), price, most);
  return {
    lowUsd: Math.min(lowUsd, expectedUsd),
    expectedUsd,
    ceilingUsd: worst && Math.max(expectedUsd, worst.attemptUsd),
    uncachedUsd,
    realtimeUsd,
    batchedUsd,
    retriesUsd: dearest && Math.max(expectedUsd, dearest.attemptUsd) * retries,
  };
}

function priceOf(usage: Usage, parameters: Parameters, price: Price): number | null {
  const service = serviceOf(parameters);
  return service === undefined ? null : costOf(usage, price, service);
}
