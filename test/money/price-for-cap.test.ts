import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  priceTable,
  ratesFor,
  type Price,
  type PriceTable,
  type WrittenPrice,
} from '../../src/manifest/price-rates.ts';
import { findPrice, priceForCap, type PriceSources } from '../../src/money/find-price.ts';
import { worstCase } from '../../src/money/worst-case.ts';

const RATES = ['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWriteLong'] as const;

const MODEL = { provider: 'p', model: 'm' };

function table(written: WrittenPrice): PriceTable {
  return priceTable({ 'p/m': written });
}

const untrusting = { trustsManifest: false };
const SHIPPED = table({ input: 2, output: 10, cache_read: 0.2, flex: 0.5 });
const FREE: PriceTable = table({ input: 0, output: 0, batch: 0, flex: 0, fast: 0 });

describe('the price that a caller’s cap uses', () => {
  test.each<[string, PriceSources, [number, number] | undefined]>([
    ['the shipped price', { shipped: SHIPPED }, [2, 10]],
    ['not lowered by the manifest', { shipped: SHIPPED, manifest: FREE }, [2, 10]],
    [
      'raised by the manifest',
      { shipped: SHIPPED, manifest: table({ input: 1, output: 20 }) },
      [2, 20],
    ],
    [
      'that of the file, even if the manifest has a lower one',
      { shipped: new Map(), file: SHIPPED, manifest: FREE },
      [2, 10],
    ],
    ['unknown if only the manifest has one', { shipped: new Map(), manifest: FREE }, undefined],
    ['unknown if no source has one', { shipped: new Map() }, undefined],
  ])('is %s', (_, sources, expected) => {
    const price = priceForCap(MODEL, sources, untrusting);
    expect(price && [price.base.input, price.base.output]).toEqual(expected);
  });

  test('is the manifest’s if the caller trusts it', () => {
    const sources = { shipped: new Map(), manifest: table({ input: 1, output: 3 }) };
    expect(priceForCap(MODEL, sources, { trustsManifest: true })?.base.output).toBe(3);
  });

  test('includes a service only if a trusted source has a price for it, and is never lower than that', () => {
    const price = priceForCap(MODEL, { shipped: SHIPPED, manifest: FREE }, untrusting);
    expect(price?.factors).toEqual({ flex: 0.5 });
  });

  const rate = fc
    .double({ min: 0, max: 100, noNaN: true })
    .map((each) => Math.round(each * 100) / 100);
  const rates = fc.record({
    input: rate,
    output: rate,
    cacheRead: rate,
    cacheWrite: rate,
    cacheWriteLong: rate,
  });
  const anyPrice: fc.Arbitrary<Price> = fc.record({
    base: rates,
    tiers: fc
      .uniqueArray(fc.record({ above: fc.integer({ min: 1, max: 1_000 }), rates }), {
        maxLength: 3,
        selector: ({ above }) => above,
      })
      .map((tiers) => tiers.toSorted((one, other) => one.above - other.above)),
    factors: fc.record({ flex: rate, fast: rate }, { requiredKeys: [] }),
  });

  test('is never below the price in the file, the manifest or the shipped table, for prompts of any size', () => {
    fc.assert(
      fc.property(
        anyPrice,
        anyPrice,
        anyPrice,
        fc.integer({ min: 0, max: 1_100 }),
        (a, b, c, tokens) => {
          const sources = {
            file: new Map([['p/m', a]]),
            manifest: new Map([['p/m', b]]),
            shipped: new Map([['p/m', c]]),
          };
          const highest = priceForCap(MODEL, sources, untrusting);
          if (!highest) throw new Error('there is a price');
          const own = ratesFor(highest, tokens);
          for (const each of [a, b, c].map((price) => ratesFor(price, tokens))) {
            for (const name of RATES) {
              expect(own[name]).toBeGreaterThanOrEqual(each[name]);
            }
          }
          const ceiling = { inputTokens: tokens, outputTokens: 100 };
          const worst = (price: Price): number =>
            worstCase(ceiling, price, { retries: 0 })?.attemptUsd ?? NaN;
          const effective = findPrice(MODEL, sources);
          expect(worst(highest)).toBeGreaterThanOrEqual(effective ? worst(effective) : NaN);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
