import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePriceFile, parsePrices } from '../../src/manifest/parse-prices.ts';
import type { PriceProblem } from '../../src/manifest/price-findings.ts';

function told({ code, severity, path, atKey, message, hint }: PriceProblem): string {
  return `${severity} ${code} at ${atKey ? 'key ' : ''}${path.join(' › ')}: ${message}; ${hint}`;
}

function problems(value: unknown): readonly string[] {
  return parsePrices(value).problems.map(told);
}

describe('prices as written', () => {
  it('are read with their factors and tiers', () => {
    const { prices, problems: none } = parsePrices({
      'local/qwen3': { input: 0, output: 0 },
      'openai/gpt-6.1-sol': { input: 2, output: 10, batch: 0.5, flex: 0.4, fast: 2.5 },
    });
    expect(none).toEqual([]);
    expect(prices.get('local/qwen3')?.base.output).toBe(0);
    expect(prices.get('openai/gpt-6.1-sol')?.factors).toEqual({ batch: 0.5, flex: 0.4, fast: 2.5 });
  });

  it.each([
    [
      [{ input: 1 }],
      'error WRONG_TYPE at : `[{"input":1}]` is not a map of prices; write one entry per model, such as `openai/gpt-6.1-sol: { input: 2, output: 10 }`',
    ],
    [
      null,
      'error WRONG_TYPE at : `null` is not a map of prices; write one entry per model, such as `openai/gpt-6.1-sol: { input: 2, output: 10 }`',
    ],
    [
      { 'a/b': 2 },
      'error WRONG_TYPE at a/b: `2` is not a price; write US dollars per million tokens, such as `openai/gpt-6.1-sol: { input: 2, output: 10 }`',
    ],
    [
      { 'a/b': { input: 2 } },
      'error MISSING_KEY at key a/b: `output` is missing; add the price of output tokens in US dollars per million',
    ],
    [
      { 'a/b': { input: '$2', output: 1 } },
      'error WRONG_TYPE at a/b › input: `"$2"` is not a number; write US dollars per million tokens without a sign, such as `0.25`',
    ],
    [
      { 'a/b': { input: -1, output: 1 } },
      'error BAD_VALUE at a/b › input: `-1` is not a price; a price is 0 or more US dollars per million tokens',
    ],
    [
      { 'a/b': { input: Number.NaN, output: 1 } },
      'error BAD_VALUE at a/b › input: `NaN` is not a price; a price is 0 or more US dollars per million tokens',
    ],
    [
      { 'a/b': { input: 1, output: Number.POSITIVE_INFINITY } },
      'error BAD_VALUE at a/b › output: `Infinity` is not a price; a price is 0 or more US dollars per million tokens',
    ],
    [
      { 'a/b': { input: 0.000002, output: 1 } },
      'warning BAD_VALUE at a/b › input: `0.000002` looks like the price of one token; prices are US dollars per million tokens: multiply by 1000000',
    ],
    [
      { 'a/b': { input: 1, output: 1, cacheRead: 1 } },
      'error UNKNOWN_KEY at key a/b › cacheRead: `cacheRead` is not part of a price; did you mean `cache_read`?',
    ],
    [
      { 'a/b': { input: 1, output: 1, currency: 'EUR' } },
      'error UNKNOWN_KEY at key a/b › currency: `currency` is not part of a price; known are `input`, `output`, `cache_read`, `cache_write`, `cache_write_1h`, `batch`, `flex`, `fast`, `above`',
    ],
    [
      { 'a/b': { input: 1, output: 1, batch: '50%' } },
      'error WRONG_TYPE at a/b › batch: `"50%"` is not a factor; write a multiple of the standard price: `0.5` for half',
    ],
    [
      { 'a/b': { input: 1, output: 1, flex: -0.5 } },
      'error BAD_VALUE at a/b › flex: `-0.5` is not a factor; write a multiple of the standard price: `0.5` for half',
    ],
    [
      { 'a/b': { input: 1, output: 1, above: { many: { input: 2 } } } },
      'error BAD_VALUE at key a/b › above › many: `many` is not a count; write a whole number such as `800`, `30k` or `1.5M`',
    ],
    [
      { 'a/b': { input: 1, output: 1, above: 200_000 } },
      'error WRONG_TYPE at a/b › above: `200000` is not a map of long-prompt prices; write the prompt tokens above which they apply, such as `272000: { input: 4, output: 15 }`',
    ],
    [
      { 'a/b': { input: 1, output: 1, above: { 1000: {} } } },
      'error WRONG_TYPE at a/b › above › 1000: `{}` is not a price; write the rates that change, such as `{ input: 4, output: 15 }`',
    ],
    [
      { 'a/b': { input: 1, output: 1, above: { 1000: { batch: 0.5 } } } },
      'error UNKNOWN_KEY at key a/b › above › 1000 › batch: `batch` is not part of a price; known are `input`, `output`, `cache_read`, `cache_write`, `cache_write_1h`',
    ],
    [
      { 'a/b': { input: 1, output: 1, above: { 1000: { input: true } } } },
      'error WRONG_TYPE at a/b › above › 1000 › input: `true` is not a number; write US dollars per million tokens without a sign, such as `0.25`',
    ],
    [
      { ' a/b': { input: 1, output: 1 } },
      'error BAD_VALUE at key  a/b: `" a/b"` is not the name of a model; write `provider/model`, such as `openai/gpt-6.1-sol`',
    ],
    [
      { 'a/': { input: 1, output: 1 } },
      'error BAD_VALUE at key a/: `"a/"` is not the name of a model; write `provider/model`, such as `openai/gpt-6.1-sol`',
    ],
  ])('are refused, with one finding: %j', (value, expected) => {
    expect(problems(value)).toEqual([expected]);
  });

  it('are reported together, and an invalid entry does not affect the valid ones', () => {
    const { prices, problems: found } = parsePrices({
      'a/bad': { input: 'x', output: -1, surprise: 1 },
      'a/good': { input: 1, output: 2 },
    });
    expect(found.map(({ code, path }) => [code, ...path])).toEqual([
      ['UNKNOWN_KEY', 'a/bad', 'surprise'],
      ['WRONG_TYPE', 'a/bad', 'input'],
      ['BAD_VALUE', 'a/bad', 'output'],
    ]);
    expect([...prices.keys()]).toEqual(['a/good']);
  });

  it('are kept if they are only doubtful', () => {
    const { prices } = parsePrices({ 'a/b': { input: 0.00001, output: 1 } });
    expect(prices.get('a/b')?.base.input).toBe(0.00001);
  });

  it('may have names of built-in object properties', () => {
    const value: unknown = JSON.parse(
      '{"__proto__":{"input":1,"output":2},"constructor":{"input":3,"output":4}}',
    );
    const { prices, problems: none } = parsePrices(value);
    expect(none).toEqual([]);
    expect([...prices].map(([name, { base }]) => [name, base.input])).toEqual([
      ['__proto__', 1],
      ['constructor', 3],
    ]);
  });

  it('never crash, and never become an invalid price', () => {
    const rate = fc.oneof(fc.double(), fc.string(), fc.constant(null), fc.integer());
    const keys = fc.constantFrom('input', 'output', 'cache_read', 'batch', 'above', '__proto__');
    const value = fc.oneof(
      fc.anything(),
      fc.dictionary(fc.string(), fc.dictionary(keys, fc.oneof(rate, fc.object()))),
    );
    fc.assert(
      fc.property(value, (written) => {
        for (const { base, tiers, factors } of parsePrices(written).prices.values()) {
          const numbers = [base, ...tiers.map(({ rates }) => rates), factors].flatMap((each) =>
            Object.values(each),
          );
          for (const each of numbers) expect(each >= 0 && Number.isFinite(each)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a price file', () => {
  it('is the same map, with or without a date', () => {
    const prices = { 'a/b': { input: 1, output: 2 } };
    expect(parsePriceFile(prices)).toMatchObject({ asOf: undefined, problems: [] });
    expect(parsePriceFile({ as_of: '2026-11-10', source: 'us', prices })).toMatchObject({
      asOf: '2026-11-10',
      problems: [],
    });
    expect(parsePriceFile({ prices }).prices).toEqual(parsePriceFile(prices).prices);
  });

  it.each([
    ['2026-02-30', '`"2026-02-30"`'],
    ['yesterday', '`"yesterday"`'],
    [20261110, '`20261110`'],
  ])('with the date %s is refused', (asOf, shown) => {
    expect(parsePriceFile({ as_of: asOf, prices: {} }).problems.map(told)).toEqual([
      `error BAD_VALUE at as_of: ${shown} is not a date; write it like \`2026-11-10\``,
    ]);
  });

  it('reports the place of an invalid price', () => {
    const { problems: found } = parsePriceFile({ prices: { 'a/b': { input: 1 } }, asof: 1 });
    expect(found.map(({ code, path }) => [code, ...path])).toEqual([
      ['UNKNOWN_KEY', 'asof'],
      ['MISSING_KEY', 'prices', 'a/b'],
    ]);
  });
});
