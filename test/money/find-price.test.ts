import { describe, expect, it } from 'vitest';
import { findPrice } from '../../src/money/find-price.ts';
import { parsePrices } from '../../src/manifest/parse-prices.ts';
import type { PriceTable } from '../../src/manifest/price.ts';
import { shippedPrices } from '../../src/money/price-age.ts';

const shipped = shippedPrices();

function table(inputs: Readonly<Record<string, number>>): PriceTable {
  return parsePrices(
    Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, { input, output: 1 }])),
  ).prices;
}

function inputRate(name: string, sources: Partial<Parameters<typeof findPrice>[1]> = {}) {
  const [provider = '', ...rest] = name.split('/');
  const found = findPrice({ provider, model: rest.join('/') }, { shipped, ...sources });
  return found && [found.source, found.base.input];
}

describe('the price of a model', () => {
  it.each([
    ['anthropic/claude-haiku-5-5', 0.1],
    ['openai/gpt-6.1-sol', 2],
    ['groq/openai/gpt-oss-120b', 0.15],
    ['openrouter/anthropic/claude-sonnet-5.5', 2],
  ])('is found by the exact id %s', (name, input) => {
    expect(inputRate(name)).toEqual(['shipped', input]);
  });

  it.each([
    ['anthropic/claude-haiku-5-5-20261007', 0.1],
    ['openai/gpt-6.1-sol-2026-09-29', 2],
    ['openai/gpt-4o-2024-08-06', 2.5],
  ])('is found for the dated snapshot %s', (name, input) => {
    expect(inputRate(name)).toEqual(['shipped', input]);
  });

  it('of the snapshot wins if it has its own', () => {
    expect(inputRate('openai/gpt-4o-2024-05-13')).toEqual(['shipped', 5]);
  });

  it.each([
    'openai/gpt-6.1-so',
    'openai/gpt-6.1-sol-pro',
    'openai/gpt-6.1-sol-2026',
    'openai/gpt-6.1-sol-202609290',
    'openai/gpt-6.1-sol-20260929-preview',
    'openai/gpt-6.1-sol ',
    'openai/GPT-6.1-SOL',
    'openai/gpt-4o-20240806-20240806',
    'anthropic/claude-sonnet-5-6',
    'anthropic/claude-sonnet',
    'anthropic/gpt-6.1-sol',
    'google/gemini-2.5-pro',
    'local/claude-haiku-5-5',
    'openai/',
    '__proto__/constructor',
    'openai/__proto__',
    'openai/toString',
  ])('is unknown for %s: Volley does not guess', (name) => {
    expect(inputRate(name)).toBeUndefined();
  });

  it('is taken from the file, then the manifest, then the shipped table', () => {
    const manifest = table({ 'openai/gpt-6-sol': 11 });
    const file = table({ 'openai/gpt-6-sol': 22, 'openai/gpt-6-luna': 33 });
    expect(inputRate('openai/gpt-6-sol', { manifest, file })).toEqual(['file', 22]);
    expect(inputRate('openai/gpt-6-sol', { manifest })).toEqual(['manifest', 11]);
    expect(inputRate('openai/gpt-6-luna', { manifest, file })).toEqual(['file', 33]);
    expect(inputRate('openai/gpt-6-astra', { manifest, file })).toEqual(['shipped', 10]);
  });

  it('of the manifest also wins over the shipped table for a dated snapshot', () => {
    const manifest = table({ 'openai/gpt-6-sol': 11 });
    expect(inputRate('openai/gpt-6-sol-2026-09-22', { manifest })).toEqual(['manifest', 11]);
  });

  it('may be given without a provider, and then applies to each', () => {
    const manifest = table({ qwen3: 7, 'other/qwen3': 9 });
    expect(inputRate('local/qwen3', { manifest })).toEqual(['manifest', 7]);
    expect(inputRate('other/qwen3', { manifest })).toEqual(['manifest', 9]);
    expect(inputRate('local/qwen3-20260101', { manifest })).toEqual(['manifest', 7]);
    expect(inputRate('local/qwen3-coder', { manifest })).toBeUndefined();
  });

  it('is zero for a mock, unless a rehearsal should cost money', () => {
    const free = new Set(['rehearsal']);
    expect(inputRate('rehearsal/any', { free })).toEqual(['free', 0]);
    expect(inputRate('rehearsal/any', { free, manifest: table({ 'rehearsal/any': 3 }) })).toEqual([
      'manifest',
      3,
    ]);
    expect(inputRate('local/any', { free })).toBeUndefined();
  });
});
