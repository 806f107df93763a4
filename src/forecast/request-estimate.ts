import type { Parameters } from '../manifest/manifest.ts';
import type { Price } from '../manifest/price.ts';
import { requestWorstCase } from '../money/budget.ts';
import { costOf } from '../money/cost.ts';
import type { TokenEstimator, TokenRange } from '../money/estimate-tokens.ts';
import type { OutputExpectation } from '../money/output-stats.ts';
import { serviceOf } from '../money/service.ts';
import { tokenFamily } from '../money/token-family.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { Usage } from '../providers/provider.ts';
import { roughRequestTokens } from '../plan/rough-tokens.ts';
import { dearestRequest } from '../schedule/next-request.ts';

/** What one request is expected to weigh and cost. */
export interface RequestEstimate {
  /** Everything that is sent. */
  readonly input: TokenRange;
  /** The part of it that a cache may hold: the shared context. */
  readonly contextTokens: number;
  readonly output: OutputExpectation;
  /** What the scheduler sets aside of the input limits. */
  readonly reservedInput: number;
  readonly cost: CostRange | undefined;
}

/** US dollars, `low ≤ expected ≤ ceiling`; the ceiling is null where nothing bounds the answer. */
export interface CostRange {
  readonly low: number;
  readonly expected: number;
  /** Of one attempt. */
  readonly ceiling: number | null;
  /** Of a further attempt, which may be dearer than the first. */
  readonly retryCeiling: number | null;
}

/** From how many tokens on a shared context is read from a cache. */
export interface Caching {
  readonly expectedFrom: number;
  /** At best. */
  readonly perhapsFrom: number;
}

export interface RequestFacts {
  readonly estimator: TokenEstimator;
  readonly price: Price | undefined;
  readonly output: OutputExpectation;
  readonly caching: Caching;
  /** What the provider itself says that all of the input weighs. */
  readonly countedInput?: number | undefined;
  /** Share of the requests that write the context to the cache instead of reading it. */
  readonly writingShare: number;
}

export function estimateRequest(request: PromptRequest, facts: RequestFacts): RequestEstimate {
  const { estimator, price, output } = facts;
  const { countedInput } = facts;
  const input =
    countedInput === undefined
      ? estimator.ofRequest(request)
      : { low: countedInput, expected: countedInput, high: countedInput };
  const context = request.context ?? '';
  const contextTokens =
    context === '' ? 0 : estimator.ofShared(context, tokenFamily(request.model)).expected;
  return {
    input,
    contextTokens: Math.min(contextTokens, input.expected),
    output,
    reservedInput: roughRequestTokens(request),
    cost: price && costRange(request, price, { ...facts, input, contextTokens }),
  };
}

function costRange(
  request: PromptRequest,
  price: Price,
  facts: RequestFacts & { readonly input: TokenRange; readonly contextTokens: number },
): CostRange | undefined {
  const { input, output, contextTokens, caching, writingShare, estimator } = facts;
  const expectedRead = contextTokens >= caching.expectedFrom ? contextTokens : 0;
  const mostRead = contextTokens >= caching.perhapsFrom ? contextTokens : 0;
  const cost = (inputTokens: number, outputTokens: number, read: number): number | null => {
    const written = read * writingShare;
    const usage = {
      ...NOTHING,
      inputTokens: Math.max(0, inputTokens - read),
      outputTokens,
      cacheReadTokens: read - written,
      cacheWriteTokens: written,
    };
    return priceOf(usage, request.parameters, price);
  };
  const expected = cost(input.expected, output.expected, expectedRead);
  const low = cost(input.low, output.low, Math.min(mostRead, input.low));
  if (expected === null || low === null) return undefined;
  const worst = requestWorstCase(request, price, { retries: 0, estimator });
  const dearest = requestWorstCase(dearestRequest(request), price, { retries: 0, estimator });
  return {
    low: Math.min(low, expected),
    expected,
    ceiling: worst && Math.max(expected, worst.attemptUsd),
    retryCeiling: dearest && Math.max(expected, dearest.attemptUsd),
  };
}

function priceOf(usage: Usage, parameters: Parameters, price: Price): number | null {
  const service = serviceOf(parameters);
  return service === undefined ? null : costOf(usage, price, service);
}

const NOTHING: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteLongTokens: 0,
  reasoningTokens: 0,
};
