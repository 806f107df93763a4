import { describe, expect, it } from 'vitest';
import type { Cloud } from '../../src/manifest/cloud.ts';
import { findPrice } from '../../src/money/find-price.ts';
import { priceTable, type PriceTable } from '../../src/manifest/price-rates.ts';
import { shippedPrices } from '../../src/money/price-age.ts';

const shipped = shippedPrices();

function table(inputs: Readonly<Record<string, number>>): PriceTable {
  return priceTable(
    Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, { input, output: 1 }])),
  );
}

function inputRate(name: string, sources: Partial<Parameters<typeof findPrice>[1]> = {}) {
  const [provider = '', ...rest] = name.split('/');
  const found = findPrice({ provider, model: rest.join('/') }, { shipped, ...sources });
  return found && [found.source, found.base.input];
}

const CLOUDS = new Map<string, Cloud>([
  ['bedrock', { name: 'bedrock', region: 'us-east-1', project: undefined }],
  ['worldwide', { name: 'vertex', region: 'global', project: 'p' }],
  ['europe', { name: 'vertex', region: 'europe-west1', project: 'p' }],
  ['azure', { name: 'azure', region: undefined, project: undefined }],
]);

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

  it.each([
    ['bedrock/global.anthropic.claude-haiku-4-5-20251001-v1:0', 1],
    ['bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0', 1.1],
    ['bedrock/anthropic.claude-opus-4-6', 5.5],
    ['bedrock/anthropic.claude-opus-4-6-v1', 5.5],
    ['worldwide/claude-haiku-4-5@20251001', 1],
    ['worldwide/claude-opus-4-6', 5],
    ['europe/claude-opus-4-5@20251101', 5.5],
    ['europe/claude-haiku-4-5@default', 1.1],
  ])('of Claude on a cloud is the vendor’s, or 10% more in a region: %s', (name, input) => {
    const [source, rate] = inputRate(name, { clouds: CLOUDS }) ?? [];
    expect([source, Number(rate).toFixed(6)]).toEqual(['shipped', input.toFixed(6)]);
  });

  it.each([
    'bedrock/us-gov.anthropic.claude-opus-4-6-v1:0',
    'bedrock/anthropic.claude-opus-9-v1:0',
    'bedrock/openai.gpt-oss-120b-1:0',
    'bedrock/claude-opus-4-6',
    'worldwide/anthropic.claude-opus-4-6',
    'worldwide/gemini-2.5-pro',
    'azure/gpt-6.1-sol',
    'azure/claude-opus-4-6',
  ])('is unknown on a cloud if the id does not name a model of the vendor: %s', (name) => {
    expect(inputRate(name, { clouds: CLOUDS })).toBeUndefined();
  });

  it('is the dated snapshot’s own price if it has one', () => {
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

  it('comes from the file, or else the manifest, or else the shipped table', () => {
    const manifest = table({ 'openai/gpt-6-sol': 11 });
    const file = table({ 'openai/gpt-6-sol': 22, 'openai/gpt-6-luna': 33 });
    expect(inputRate('openai/gpt-6-sol', { manifest, file })).toEqual(['file', 22]);
    expect(inputRate('openai/gpt-6-sol', { manifest })).toEqual(['manifest', 11]);
    expect(inputRate('openai/gpt-6-luna', { manifest, file })).toEqual(['file', 33]);
    expect(inputRate('openai/gpt-6-astra', { manifest, file })).toEqual(['shipped', 10]);
  });

  it('comes from the manifest for a dated snapshot too, not from the shipped table', () => {
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
