import type { Parameters } from '../manifest/manifest.ts';
import type { Price } from '../manifest/price.ts';
import { requestWorstCase } from '../money/budget-obstacles.ts';
import { costOf } from '../money/cost.ts';
import type { TokenEstimator, TokenRange } from '../money/token-ranges.ts';
import type { OutputExpectation } from '../money/output-stats.ts';
import { serviceOf } from '../money/service.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { ExpectedCaching } from '../prefix/expected-caching.ts';
import type { Usage } from '../providers/provider.ts';
import { roughRequestTokens } from '../plan/estimate-input-tokens.ts';
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
  readonly cost: CostRange | undefined;
}

/** US dollars, `low ≤ expected ≤ ceiling`. The ceiling is null if answers are not limited. */
export interface CostRange {
  readonly low: number;
  readonly expected: number;
  /** The expected cost without any cache, and with the caching of each mode. */
  readonly uncached: number;
  readonly realtime: number;
  readonly batched: number;
  /** The highest cost of one attempt. */
  readonly ceiling: number | null;
  /** The highest cost of another attempt, which may cost more than the first. */
  readonly retryCeiling: number | null;
}

export interface RequestFacts {
  readonly estimator: TokenEstimator;
  readonly price: Price | undefined;
  readonly output: OutputExpectation;
  /** From `expectedCaching`; undefined: nothing is cached. */
  readonly cached: ExpectedCaching | undefined;
  /** The same in a batch. */
  readonly cachedInBatch?: ExpectedCaching | undefined;
  /** Whether it is sent in a batch. */
  readonly isBatch?: boolean;
  /** Input tokens as counted by the provider. */
  readonly countedInput?: number | undefined;
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
    cost: price && costRange(request, price, { ...facts, input, reservedInput }),
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

function costRange(
  request: PromptRequest,
  price: Price,
  facts: RequestFacts & Pick<RequestEstimate, 'input' | 'reservedInput'>,
): CostRange | undefined {
  const { input, output, estimator, isBatch = false, reservedInput } = facts;
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
  const realtime = cost(input.expected, output.expected, cached);
  const batched = cost(input.expected, output.expected, cachedInBatch);
  const uncached = cost(input.expected, output.expected, NOTHING_CACHED);
  const low = cost(input.low, output.low, own);
  if (realtime === null || batched === null || uncached === null || low === null) return undefined;
  const expected = isBatch ? batched : realtime;
  const most = { retries: 0, estimator, longCache: own.writtenLongTokens > 0 };
  const worst = requestWorstCase(request, price, most);
  const dearest = requestWorstCase(dearestRequest(request), price, most);
  return {
    low: Math.min(low, expected),
    expected,
    uncached,
    realtime,
    batched,
    ceiling: worst && Math.max(expected, worst.attemptUsd),
    retryCeiling: dearest && Math.max(expected, dearest.attemptUsd),
  };
}

function priceOf(usage: Usage, parameters: Parameters, price: Price): number | null {
  const service = serviceOf(parameters);
  return service === undefined ? null : costOf(usage, price, service);
}
