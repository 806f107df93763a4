import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { complaints, load, manifestOf } from './support.ts';
import { scaled } from '../support/scale.ts';

/** A manifest with a price file. The file contains `written`: data, or any YAML text. */
function withFile(written: unknown) {
  const text = typeof written === 'string' ? written : JSON.stringify(written);
  const overrides = { model: 'mock/echo', pricesFile: 'prices.yaml' };
  return [`tasks: [hi]`, { files: { 'prices.yaml': text }, overrides }] as const;
}

async function tableOf(written: unknown) {
  return (await manifestOf(...withFile(written))).priceFile?.prices;
}

const ONE = { input: 1, output: 1 };

describe('a price file', () => {
  test('is read with its factors and tiers', async () => {
    const above = { '272k': { input: 4, output: 15 } };
    const prices = await tableOf({
      'local/qwen3': { input: 0, output: 0 },
      'openai/gpt-6.1-sol': { input: 2, output: 10, batch: 0.5, flex: 0.4, fast: 2.5, above },
      'x-ai/grok': ONE,
      'x-note': 'ignored',
    });
    expect([...(prices?.keys() ?? [])]).toEqual(['local/qwen3', 'openai/gpt-6.1-sol', 'x-ai/grok']);
    expect(prices?.get('openai/gpt-6.1-sol')).toMatchObject({
      factors: { batch: 0.5, flex: 0.4, fast: 2.5 },
      tiers: [{ above: 272_000, rates: { input: 4, output: 15 } }],
    });
  });

  test('may have a date and a source around the same map', async () => {
    const prices = { 'a/b': ONE };
    const { priceFile } = await manifestOf(
      ...withFile({ as_of: '2026-11-10', source: 'us', prices }),
    );
    expect(priceFile).toEqual({ asOf: '2026-11-10', prices: await tableOf(prices) });
  });

  test('may use the names of built-in object properties as keys', async () => {
    const prices = await tableOf(
      '{"__proto__": {input: 1, output: 2}, constructor: {input: 3, output: 4}}',
    );
    expect([...(prices ?? [])].map(([name, { base }]) => [name, base.input])).toEqual([
      ['__proto__', 1],
      ['constructor', 3],
    ]);
  });

  test.each<[unknown, string]>([
    ['- a', '1:1: error WRONG_TYPE: `prices` must be a map of prices, not a list'],
    ['a/b: 2', '1:6: error WRONG_TYPE: `a/b` must be a price, not the number `2`'],
    ['a/b: {input: 2}', '1:6: error MISSING_KEY: `a/b` has no `output`'],
    [
      'a/b: {input: $2, output: 1}',
      '1:14: error WRONG_TYPE: `input` must be a price in US dollars per million tokens, not the text `$2`',
    ],
    [
      'a/b: {input: -1, output: 1}',
      '1:14: error BAD_VALUE: `input` is `-1`, but must be at least 0',
    ],
    [
      'a/b: {input: .nan, output: 1}',
      '1:14: error BAD_VALUE: `.nan` is not a number that JSON can represent',
    ],
    [
      'a/b: {input: 0.000002, output: 1}',
      '1:14: warning BAD_VALUE: `0.000002` looks like the price of one token',
    ],
    [
      { 'a/b': { ...ONE, cacheRead: 1 } },
      '1:30: error UNKNOWN_KEY: unknown key `cacheRead` in `a/b`',
    ],
    [
      { 'a/b': { ...ONE, batch: '50%' } },
      '1:38: error WRONG_TYPE: `batch` must be a factor, not the text `50%`',
    ],
    [
      { 'a/b': { ...ONE, flex: -0.5 } },
      '1:37: error BAD_VALUE: `flex` is `-0.5`, but must be at least 0',
    ],
    [
      { 'a/b': { ...ONE, above: { many: { input: 2 } } } },
      '1:39: error BAD_VALUE: `many` is not a count',
    ],
    [
      { 'a/b': { ...ONE, above: 200_000 } },
      '1:38: error WRONG_TYPE: `above` must be a map of long-prompt prices, not the number `200000`',
    ],
    [
      { 'a/b': { ...ONE, above: { 1000: {} } } },
      '1:46: error BAD_VALUE: `1000` must be a map of prices',
    ],
    [
      { 'a/b': { ...ONE, above: { 1000: { batch: 0.5 } } } },
      '1:47: error UNKNOWN_KEY: unknown key `batch` in an entry of `above`',
    ],
    [{ ' a/b': ONE }, '1:2: error BAD_VALUE: ` a/b` is not a model name'],
    [{ 'a/': ONE }, '1:2: error BAD_VALUE: `a/` is not a model name'],
    [
      { prices: { 'a/b': ONE }, asof: 1 },
      '1:42: error UNKNOWN_KEY: unknown key `asof` in a price file',
    ],
    ...['2026-02-30', 'yesterday', 20261110].map((asOf): [unknown, string] => [
      { as_of: asOf, prices: {} },
      '1:10: error BAD_VALUE: `as_of` must be a date',
    ]),
  ])('has one finding for %j', async (written, expected) => {
    const found = (await complaints(...withFile(written))).match(/^\S+ (?:error|warning) .*$/gm);
    expect(found).toEqual([`prices.yaml:${expected}`]);
  });

  test('has all its mistakes reported together, and keeps doubtful prices', async () => {
    const wrong = { 'a/bad': { input: 'x', output: -1, surprise: 1 }, 'a/good': ONE };
    expect((await complaints(...withFile(wrong))).match(/error \w+/g)).toHaveLength(3);
    const prices = await tableOf({ 'a/b': { input: 0.00001, output: 1 } });
    expect(prices?.get('a/b')?.base.input).toBe(0.00001);
  });

  test('never crashes Volley, and never gives an invalid price', async () => {
    const rate = fc.oneof(fc.double(), fc.string(), fc.constant(null), fc.integer());
    const keys = fc.constantFrom('input', 'output', 'cache_read', 'batch', 'above', '__proto__');
    const value = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.string(), fc.dictionary(keys, fc.oneof(rate, fc.object()))),
    );
    await fc.assert(
      fc.asyncProperty(value, async (written) => {
        const loaded = await load(...withFile(written));
        const prices = loaded.ok ? loaded.manifest.priceFile?.prices.values() : undefined;
        for (const { base, tiers, factors } of prices ?? []) {
          const rates = [base, ...tiers.map((tier) => tier.rates), factors];
          for (const each of rates.flatMap((some) => Object.values(some)))
            expect(each >= 0 && Number.isFinite(each)).toBe(true);
        }
      }),
      { numRuns: scaled(60, 200) },
    );
  });
});
