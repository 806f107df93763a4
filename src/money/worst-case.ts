import type { Parameters } from '../manifest/manifest.ts';
import type { PromptRequest } from '../plan/task.ts';
import { roundUsd } from './cost.ts';
import { factorOf, type Price, type Rates, type Service } from '../manifest/price-rates.ts';

/** The most that a task can cost, as known before it is sent. */
export interface WorstCase {
  /** The most that one request can cost, in US dollars. */
  readonly attemptUsd: number;
  /** How many requests may be charged: the first one and its retries. At least 1. */
  readonly attempts: number;
}

/** The most that a request can cost in a run; null if nothing limits it. */
export type WorstCaseOf = (
  request: PromptRequest,
  options: {
    readonly price: Price | undefined;
    readonly retries: number;
    /** Whether the request may be kept in a cache for a long time. */
    readonly longCache?: boolean;
  },
) => WorstCase | null;

/** The maximum size of a request. */
export interface RequestCeiling {
  /** Upper limit on the tokens of everything that is sent. */
  readonly inputTokens: number;
  /** Upper limit on the tokens of the answer, including reasoning. */
  readonly outputTokens: number;
}

export interface WorstCaseOptions {
  /** The task's `max_retries`. */
  readonly retries: number;
  readonly service?: Service;
  /** Whether the request keeps its cache entry for an hour or longer: see `asksForLongCache`. */
  readonly longCache?: boolean;
}

/**
 * The worst case of a request: all input is charged at the highest rate that may apply, and the
 * answer is as long as possible, in the most expensive tier that the prompt may reach. Null if the
 * price of the model or service is unknown.
 */
export function worstCase(
  ceiling: RequestCeiling,
  price: Price | undefined,
  options: WorstCaseOptions,
): WorstCase | null {
  const factor = price && factorOf(price, options.service ?? 'standard');
  if (price === undefined || factor === undefined) return null;
  const reachable = price.tiers.filter(({ above }) => ceiling.inputTokens > above);
  const usd = [price.base, ...reachable.map(({ rates }) => rates)].map((rates) => {
    const inputRate = dearestInput(rates, options.longCache ?? false);
    return (factor * (ceiling.inputTokens * inputRate + ceiling.outputTokens * rates.output)) / 1e6;
  });
  return { attemptUsd: roundUsd(Math.max(...usd)), attempts: 1 + Math.max(0, options.retries) };
}

/** Whether the parameters request a cache lifetime that is billed at the higher rate. */
export function asksForLongCache({ params = {} }: Parameters): boolean {
  return /"(?:ttl|prompt_cache_retention)":"(?!5m"|30m"|in[-_]memory")/.test(
    JSON.stringify(params),
  );
}

function dearestInput(rates: Rates, longCache: boolean): number {
  const short = Math.max(rates.input, rates.cacheRead, rates.cacheWrite);
  return longCache ? Math.max(short, rates.cacheWriteLong) : short;
}
