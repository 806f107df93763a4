import { fromWritten, type PriceTable, type WrittenPrice } from './price-rates.ts';
import { shown } from './recognize-secrets.ts';
import { parseCount } from './durations-and-counts.ts';
import type { Written } from './written-value.ts';

const RATES = ['input', 'output', 'cache_read', 'cache_write', 'cache_write_1h'] as const;
const FACTORS = ['batch', 'flex', 'fast'] as const;

/** The valid prices. The schema has already checked types and ranges. */
export function buildPrices(prices: Written): PriceTable | undefined {
  if (!prices.isMap) return undefined;
  // Keys that begin with `x-` are the user's own, except those with a slash: models of `x-ai`.
  const models = prices.entries.filter((each) => !each.hasError && !/^x-[^/]*$/.test(each.key));
  return new Map(models.filter(isModel).map((each) => [each.key, fromWritten(readPrice(each))]));
}

function isModel(each: Written): boolean {
  const { key } = each;
  const isName = key !== '' && key.trim() === key && !/^\/|\/$/.test(key);
  if (!isName) {
    each.keyError({
      message: `\`${shown(key)}\` is not a model name`,
      hint: 'write `provider/model`, such as `openai/gpt-6.1-sol`',
    });
  }
  return isName;
}

function readPrice(price: Written): WrittenPrice {
  const tiers = price.get('above').entries.flatMap((tier) => {
    const threshold = parseCount(tier.key);
    if (threshold.ok) return [[threshold.value, readRates(tier, RATES)]];
    tier.keyError(threshold);
    return [];
  });
  return {
    input: 0,
    output: 0,
    ...readRates(price, RATES),
    ...readRates(price, FACTORS),
    above: Object.fromEntries(tiers),
  };
}

/**
 * A tenth of the cheapest cache read on the market. Lower rates are probably prices per token,
 * which are a million times smaller.
 */
const LOWEST_RATE = 0.0001;

function readRates<Key extends (typeof RATES)[number] | (typeof FACTORS)[number]>(
  price: Written,
  keys: readonly Key[],
): Partial<Record<Key, number>> {
  const rates: Partial<Record<Key, number>> = {};
  for (const key of keys) {
    const written = price.get(key);
    const { number: rate } = written;
    if (rate === undefined) continue;
    rates[key] = rate;
    if (rate === 0 || rate >= LOWEST_RATE || FACTORS.some((factor) => factor === key)) continue;
    written.warning({
      message: `\`${rate}\` looks like the price of one token`,
      hint: 'multiply it by 1000000: prices are in US dollars per million tokens',
    });
  }
  return rates;
}
