import type { Usage } from '../providers/provider.ts';
import {
  factorOf,
  ratesFor,
  type Price,
  type Rates,
  type Service,
} from '../manifest/price-rates.ts';

/**
 * US dollars for the tokens of ONE request; null if the price of the model or service is unknown.
 * Do not add up the usage of several requests: two short prompts together could reach the tier for
 * long prompts.
 */
export function costOf(
  usage: Usage,
  price: Price | undefined,
  service: Service = 'standard',
): number | null {
  if (price === undefined) return null;
  const factor = factorOf(price, service);
  if (factor === undefined) return null;
  const rates = ratesFor(price, promptTokens(usage));
  return roundUsd((factor * atRates(usage, rates)) / 1e6);
}

/** The sum of the costs; null if any of them is unknown. */
export function sumCosts(costs: Iterable<number | null>): number | null {
  let sum = 0;
  for (const cost of costs) {
    if (cost === null) return null;
    sum += cost;
  }
  return roundUsd(sum);
}

/** US dollars that caching saved on ONE request, negative if writing cost more; null if unknown. */
export function cacheSavings(
  usage: Usage,
  price: Price | undefined,
  service: Service = 'standard',
): number | null {
  const paid = costOf(usage, price, service);
  const uncached = costOf(withoutCache(usage), price, service);
  return paid === null || uncached === null ? null : roundUsd(uncached - paid);
}

/** All input tokens, cached or not, because the tiers for long prompts count all of them. */
function promptTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
}

/**
 * Rounds to a trillionth of a dollar, which is far below the price of a token and hides
 * floating-point noise.
 */
export function roundUsd(usd: number): number {
  return Math.round(usd * 1e12) / 1e12;
}

function atRates(usage: Usage, rates: Rates): number {
  const shortWrites = usage.cacheWriteTokens - usage.cacheWriteLongTokens;
  return (
    usage.inputTokens * rates.input +
    usage.outputTokens * rates.output +
    usage.cacheReadTokens * rates.cacheRead +
    shortWrites * rates.cacheWrite +
    usage.cacheWriteLongTokens * rates.cacheWriteLong
  );
}

function withoutCache(usage: Usage): Usage {
  return {
    ...usage,
    inputTokens: promptTokens(usage),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cacheWriteLongTokens: 0,
  };
}

/** `$1.25`, `$0.42`, `$0.0036`. */
export function formatUsd(usd: number): string {
  if (usd === 0 || usd >= 0.1) return `$${usd.toFixed(2)}`;
  return `$${Number(usd.toPrecision(2)).toFixed(Math.min(8, 1 - Math.floor(Math.log10(usd))))}`;
}
