import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cacheSavings, costOf, sumCosts } from '../../src/money/cost.ts';
import { findPrice } from '../../src/money/find-price.ts';
import { priceTable, type Price, type Service } from '../../src/manifest/price-rates.ts';
import { shippedPrices } from '../../src/money/price-age.ts';
import type { Usage } from '../../src/providers/provider.ts';
import { completeUsage } from '../../src/providers/missing-usage.ts';
import { reportedUsage } from '../../src/providers/usage.ts';
import { promptRequest } from '../providers/setup.ts';
import { NO_USAGE } from '../../src/providers/usage-fields.ts';

const bills: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Case>>>>>> =
  parse(readFileSync(new URL('bills.yaml', import.meta.url), 'utf8'));

interface Case {
  /** The body's `usage`, as the vendor reports it. */
  readonly usage: Readonly<Record<string, unknown>>;
  readonly bill: string;
}

/** `batch 0.5 × (1000 × 0.1 + 200 × 0.5) = 0.0001`. */
const BILL = /^(?:(\w+) ([\d.]+) × \()?(.*?)\)? = ([\d.]+)$/;

describe.each(Object.entries(bills))('the cost of an answer from %s', (_wire, models) => {
  const cases = Object.entries(models).flatMap(([model, answers]) =>
    Object.entries(answers).map(([what, { usage, bill }]) => ({ model, what, usage, bill })),
  );
  it.each(cases)('$model: $what', ({ model, usage, bill }) => {
    const [, service, factor = 1, sum = '', usd] = BILL.exec(bill) ?? [];
    const byHand = sum
      .split(' + ')
      .map((line) => line.split(' × ').map(Number))
      .reduce((all, [tokens = 0, rate = 0]) => all + tokens * rate, 0);
    expect((byHand * Number(factor)) / 1e6).toBeCloseTo(Number(usd), 12);
    expect(costOf(usageOf(usage), priceOf(model), serviceNamed(service))).toBe(Number(usd));
  });
});

function serviceNamed(name: string | undefined): Service | undefined {
  return (['batch', 'flex', 'fast'] as const).find((service) => service === name);
}

function usageOf(usage: Case['usage']): Usage {
  const answer = { request: promptRequest(), text: '', reasoning: '', isFull: false };
  return completeUsage(reportedUsage({ usage }), answer);
}

const short: Usage = { ...NO_USAGE, inputTokens: 60_000, outputTokens: 100 };

describe('cost', () => {
  it('is unknown without a price, not zero', () => {
    expect(costOf(short, undefined)).toBeNull();
    expect(costOf(NO_USAGE, undefined)).toBeNull();
  });

  it('is unknown for a service without a price', () => {
    expect(costOf(short, priceOf('deepseek/deepseek-flash'), 'batch')).toBeNull();
    expect(costOf(short, priceOf('anthropic/claude-haiku-4-5'), 'flex')).toBeNull();
  });

  it('is zero if the price is zero', () => {
    const free = priceTable({ 'local/qwen3': { input: 0, output: 0 } }).get('local/qwen3');
    expect(costOf(short, free)).toBe(0);
  });

  it('of two short prompts is less than that of one long prompt, because requests are priced separately', () => {
    const haiku = priceOf('anthropic/claude-haiku-5-5');
    const both = { ...short, inputTokens: 120_000, outputTokens: 200 };
    expect(sumCosts([costOf(short, haiku), costOf(short, haiku)])).toBe(0.0121);
    expect(costOf(both, haiku)).toBe(0.0605);
  });

  it('of several requests is unknown if the cost of one is unknown', () => {
    expect(sumCosts([0.1, null, 0.2])).toBeNull();
    expect(sumCosts([0.1, 0.2])).toBe(0.3);
    expect(sumCosts([])).toBe(0);
  });
});

describe('savings by the cache', () => {
  const sonnet = priceOf('anthropic/claude-sonnet-5-5');

  it('are the difference from the cost of the same request without a cache', () => {
    const read = { ...NO_USAGE, inputTokens: 100, cacheReadTokens: 10_000 };
    // 10,100 × 2 without the cache; 100 × 2 + 10,000 × 0.10 with it.
    expect(cacheSavings(read, sonnet)).toBe(0.019);
  });

  it('are negative for the request that writes to it', () => {
    const write = { ...NO_USAGE, inputTokens: 100, cacheWriteTokens: 10_000 };
    // 10,000 × (2 − 2.50)
    expect(cacheSavings(write, sonnet)).toBe(-0.005);
  });

  it('are unknown without a price', () => {
    expect(cacheSavings(NO_USAGE, undefined)).toBeNull();
  });
});

describe('a price from the manifest', () => {
  const price = priceTable({
    'gpt-6.1-sol': {
      input: 2,
      output: 10,
      cache_read: 0.1,
      cache_write: 2.5,
      batch: 0.5,
      above: { 272000: { input: 4, output: 15 } },
    },
    plain: { input: 2, output: 10 },
  });

  it('scales missing rates of a tier with its input rate', () => {
    expect(price.get('gpt-6.1-sol')?.tiers).toEqual([
      {
        above: 272_000,
        rates: { input: 4, output: 15, cacheRead: 0.2, cacheWrite: 5, cacheWriteLong: 8 },
      },
    ]);
  });

  it('defaults to the input rate for reads and the usual surcharge for writes', () => {
    expect(price.get('plain')?.base).toEqual({
      input: 2,
      output: 10,
      cacheRead: 2,
      cacheWrite: 2.5,
      cacheWriteLong: 4,
    });
  });

  it('uses the highest tier that the prompt exceeds, in whatever order the tiers are written', () => {
    const tiered = priceTable({
      m: { input: 1, output: 1, above: { '200000': { input: 3 }, '1000': { input: 2 } } },
    }).get('m');
    const cost = (inputTokens: number) => costOf({ ...NO_USAGE, inputTokens }, tiered);
    expect([1000, 1001, 200_000, 200_001].map(cost)).toEqual([0.001, 0.002002, 0.4, 0.600003]);
  });
});

function priceOf(name: string): Price {
  const [provider = '', ...rest] = name.split('/');
  const price = findPrice({ provider, model: rest.join('/') }, { shipped: shippedPrices() });
  if (!price) throw new Error(`no price for ${name}`);
  return price;
}
