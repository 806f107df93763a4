import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { knownProviders } from '../../src/manifest/known-providers.ts';
import { shipped } from '../../src/generated/shipped-prices.ts';
import { shippedPrices, shippedPricesAsOf } from '../../src/money/price-age.ts';
import { manifestOf } from '../manifest/support.ts';
import { disagreementOn } from './second-source.ts';

interface Acknowledged {
  readonly reason: string;
  readonly rates: Readonly<Record<string, readonly [number, number]>>;
}

const acknowledged: Readonly<Record<string, Acknowledged>> = JSON.parse(
  readFileSync(new URL('../../scripts/price-disagreements.json', import.meta.url), 'utf8'),
);
const additions: Readonly<Record<string, { readonly source: string; readonly checked: string }>> =
  JSON.parse(readFileSync(new URL('../../scripts/price-additions.json', import.meta.url), 'utf8'));

describe('the shipped price table', () => {
  it('agrees with a second source, apart from exceptions that have a reason', () => {
    const day = new Date(`${shippedPricesAsOf}T12:00:00Z`);
    const found = [...shippedPrices()].flatMap(([name, price]) => {
      const rates = disagreementOn(name, price, day);
      return rates && Object.keys(rates).length > 0 ? [[name, rates] as const] : [];
    });
    const expected = Object.entries(acknowledged).map(([name, { rates }]) => [name, rates]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    for (const { reason } of Object.values(acknowledged)) expect(reason).toMatch(/\w{3}.*\.$/);
  });

  it('is compared with the second source for over a hundred models', () => {
    const day = new Date(`${shippedPricesAsOf}T12:00:00Z`);
    const compared = [...shippedPrices()].filter(([name, price]) =>
      disagreementOn(name, price, day),
    );
    expect(compared.length).toBeGreaterThan(100);
  });

  it('says where each manually added price was published', () => {
    for (const { source, checked } of Object.values(additions)) {
      expect(source).toMatch(/^https:\/\//);
      expect(checked).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  });

  it('is valid as prices in a manifest', async () => {
    const overrides = { model: 'mock/echo' };
    const text = JSON.stringify({ prices: shipped.prices, tasks: ['hi'] });
    expect((await manifestOf(text, { overrides })).prices).toEqual(shippedPrices());
  });

  it('contains only built-in providers, and has prices for the eleven that sell tokens', () => {
    const providers = new Set([...shippedPrices().keys()].map((name) => name.split('/')[0] ?? ''));
    expect([...providers].filter((name) => !knownProviders.has(name))).toEqual([]);
    expect([...providers].sort()).toEqual([
      'anthropic',
      'cerebras',
      'deepseek',
      'fireworks',
      'gemini',
      'groq',
      'mistral',
      'openai',
      'openrouter',
      'together',
      'xai',
    ]);
  });

  it('has no free tokens, no cache reads above the input price, and prices that rise with prompt length', () => {
    for (const [name, { base, tiers, factors }] of shippedPrices()) {
      expect(base.input, name).toBeGreaterThan(0);
      expect(base.output, name).toBeGreaterThan(0);
      expect(base.cacheRead, name).toBeGreaterThan(0);
      expect(base.cacheRead, name).toBeLessThanOrEqual(base.input);
      expect(base.cacheWriteLong, name).toBeGreaterThanOrEqual(base.cacheWrite);
      let [above, input] = [0, base.input];
      for (const tier of tiers) {
        expect(tier.above, name).toBeGreaterThan(above);
        expect(tier.rates.input, name).toBeGreaterThan(input);
        [above, input] = [tier.above, tier.rates.input];
      }
      for (const factor of Object.values(factors)) expect([0.5, 1, 2], name).toContain(factor);
    }
  });

  it('has a date and stays small', () => {
    expect(shippedPricesAsOf).toMatch(/^20\d\d-\d\d-\d\d$/);
    const size = readFileSync(
      new URL('../../src/generated/shipped-prices.ts', import.meta.url),
    ).length;
    expect(size).toBeLessThan(30_000);
  });
});
