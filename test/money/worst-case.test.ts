import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Parameters } from '../../src/manifest/manifest.ts';
import { costOf } from '../../src/money/cost.ts';
import { priceTable, type Price } from '../../src/manifest/price-rates.ts';
import { serviceOf, unboundedParams } from '../../src/money/service-tier.ts';
import { shippedPrices } from '../../src/money/price-age.ts';
import { asksForLongCache, worstCase } from '../../src/money/worst-case.ts';

function price(name: string): Price {
  const found = shippedPrices().get(name);
  if (!found) throw new Error(`no price for ${name}`);
  return found;
}

const haiku = price('anthropic/claude-haiku-5-5');
const size = { inputTokens: 1000, outputTokens: 200 };

describe('the worst case of a task', () => {
  it('bills all input as a cache write, the whole answer, and every retry', () => {
    // 1000 × 0.125 + 200 × 0.50
    expect(worstCase(size, haiku, { retries: 3 })).toEqual({ attemptUsd: 0.000225, attempts: 4 });
  });

  it('bills a long-lived cache if one is requested', () => {
    // 1000 × 0.20 + 200 × 0.50
    expect(worstCase(size, haiku, { retries: 0, longCache: true })).toEqual({
      attemptUsd: 0.0003,
      attempts: 1,
    });
  });

  it('uses the higher tier if the prompt may reach it', () => {
    const usd = [100_000, 100_001].map(
      (inputTokens) =>
        worstCase({ inputTokens, outputTokens: 0 }, haiku, { retries: 0 })?.attemptUsd,
    );
    // 100,000 × 0.125 and 100,001 × 0.625
    expect(usd).toEqual([0.0125, 0.062500625]);
  });

  it('uses the lower tier if a long prompt is cheaper', () => {
    const falling = priceTable({ m: { input: 4, output: 4, above: { 1000: { input: 1 } } } });
    const worst = worstCase({ inputTokens: 2000, outputTokens: 0 }, falling.get('m'), {
      retries: 0,
    });
    // The prompt may turn out to be short, so the lower tier counts: 2000 × 5.
    expect(worst?.attemptUsd).toBe(0.01);
  });

  it('is half the price in a batch', () => {
    expect(worstCase(size, haiku, { retries: 0, service: 'batch' })?.attemptUsd).toBe(0.0001125);
  });

  it('is unknown without a price, or without the price of the service', () => {
    expect(worstCase(size, undefined, { retries: 0 })).toBeNull();
    expect(worstCase(size, haiku, { retries: 0, service: 'flex' })).toBeNull();
  });

  it('is never below the cost of any answer within its limits', () => {
    const names = [...shippedPrices().keys()];
    const tokens = fc.nat(400_000);
    fc.assert(
      fc.property(
        fc.record({
          name: fc.constantFrom(...names),
          input: tokens,
          read: tokens,
          written: tokens,
          output: fc.nat(130_000),
          slack: fc.nat(300_000),
          longShare: fc.double({ min: 0, max: 1, noNaN: true }),
          longCache: fc.boolean(),
        }),
        ({ name, input, read, written, output, slack, longShare, longCache }) => {
          const bill = costOf(
            {
              inputTokens: input,
              outputTokens: output,
              cacheReadTokens: read,
              cacheWriteTokens: written,
              cacheWriteLongTokens: longCache ? Math.floor(written * longShare) : 0,
              reasoningTokens: 0,
            },
            price(name),
          );
          const worst = worstCase(
            { inputTokens: input + read + written + slack, outputTokens: output },
            price(name),
            { retries: 0, longCache },
          );
          expect(worst?.attemptUsd ?? 0).toBeGreaterThanOrEqual((bill ?? Infinity) - 1e-12);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('the effect of parameters on the price', () => {
  it.each<[NonNullable<Parameters['params']>, string | undefined]>([
    [{}, 'standard'],
    [{ top_k: 5 }, 'standard'],
    [{ service_tier: 'auto' }, 'standard'],
    [{ service_tier: 'on_demand' }, 'standard'],
    [{ service_tier: 'flex' }, 'flex'],
    [{ service_tier: 'priority' }, 'fast'],
    [{ service_tier: 'fast' }, 'fast'],
    [{ speed: 'fast' }, 'fast'],
    [{ speed: 'standard' }, 'standard'],
    [{ service_tier: 'ultrafast' }, undefined],
    [{ service_tier: ['flex'] }, undefined],
    [{ speed: 'turbo' }, undefined],
    [{ speed: 'fast', service_tier: 'flex' }, undefined],
  ])('%j is served as %s', (params, service) => {
    expect(serviceOf({ params })).toBe(service);
  });

  it('does not exist without parameters', () => {
    expect(serviceOf({})).toBe('standard');
    expect(unboundedParams({})).toEqual([]);
    expect(asksForLongCache({})).toBe(false);
  });

  it('is unknown if a search, a tool or a stored prompt adds to the bill', () => {
    const params = { tools: [], top_k: 1, web_search_options: {}, previous_response_id: 'r' };
    expect(unboundedParams({ params })).toEqual([
      'tools',
      'web_search_options',
      'previous_response_id',
    ]);
  });

  it.each<[NonNullable<Parameters['params']>, boolean]>([
    [{ cache_control: { type: 'ephemeral' } }, false],
    [{ cache_control: { type: 'ephemeral', ttl: '5m' } }, false],
    [{ cache_control: { type: 'ephemeral', ttl: '1h' } }, true],
    [{ prompt_cache_options: { ttl: '30m' } }, false],
    [{ prompt_cache_options: { ttl: '12h' } }, true],
    [{ prompt_cache_retention: 'in_memory' }, false],
    [{ prompt_cache_retention: '24h' }, true],
    [{ metadata: { note: 'ttl 1h' } }, false],
  ])('%j requests a long-lived cache: %j', (params, long) => {
    expect(asksForLongCache({ params })).toBe(long);
  });
});
