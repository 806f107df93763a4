import { describe, expect, it } from 'vitest';
import { cacheSavings, costOf, sumCosts } from '../../src/money/cost.ts';
import { findPrice } from '../../src/money/find-price.ts';
import { priceTable, type Price, type Service } from '../../src/manifest/price.ts';
import { shippedPrices } from '../../src/money/price-age.ts';
import type { Usage } from '../../src/providers/provider.ts';
import { completeUsage, reportedUsage } from '../../src/providers/usage.ts';
import { promptRequest } from '../providers/setup.ts';
import { NO_USAGE } from '../../src/providers/usage-fields.ts';

/**
 * One answer and its bill by hand. `lines` are tokens × US dollars per million, each rate as the
 * vendor publishes it; `usd` is their sum, times the factor of the service, over a million.
 */
interface Case {
  readonly what: string;
  readonly model: string;
  /** The body's `usage`, in the shape of the vendor. */
  readonly usage: Readonly<Record<string, unknown>>;
  readonly lines: ReadonlyArray<readonly [tokens: number, rate: number]>;
  readonly service?: Exclude<Service, 'standard'>;
  readonly factor?: number;
  readonly usd: number;
}

/** Cached tokens are counted IN ADDITION to `input_tokens`. */
const anthropic: readonly Case[] = [
  // Haiku 5.5, up to 100k prompt tokens: 0.10 in, 0.50 out, 0.01 read, 0.125 write, 0.20 write 1h.
  {
    what: 'input and output',
    model: 'anthropic/claude-haiku-5-5',
    usage: { input_tokens: 1000, output_tokens: 200 },
    lines: [
      [1000, 0.1],
      [200, 0.5],
    ],
    usd: 0.0002,
  },
  {
    what: 'a cache read',
    model: 'anthropic/claude-haiku-5-5',
    usage: { input_tokens: 812, output_tokens: 140, cache_read_input_tokens: 2048 },
    lines: [
      [812, 0.1],
      [140, 0.5],
      [2048, 0.01],
    ],
    usd: 0.00017168,
  },
  {
    what: 'a cache write without its lifetime',
    model: 'anthropic/claude-haiku-5-5',
    usage: { input_tokens: 100, output_tokens: 50, cache_creation_input_tokens: 4000 },
    lines: [
      [100, 0.1],
      [50, 0.5],
      [4000, 0.125],
    ],
    usd: 0.000535,
  },
  {
    what: 'a cache write of five minutes',
    model: 'anthropic/claude-haiku-5-5',
    usage: {
      input_tokens: 100,
      output_tokens: 50,
      cache_creation_input_tokens: 4000,
      cache_creation: { ephemeral_5m_input_tokens: 4000, ephemeral_1h_input_tokens: 0 },
    },
    lines: [
      [100, 0.1],
      [50, 0.5],
      [4000, 0.125],
    ],
    usd: 0.000535,
  },
  {
    what: 'a cache write of an hour',
    model: 'anthropic/claude-haiku-5-5',
    usage: {
      input_tokens: 100,
      output_tokens: 50,
      cache_creation_input_tokens: 4000,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 4000 },
    },
    lines: [
      [100, 0.1],
      [50, 0.5],
      [4000, 0.2],
    ],
    usd: 0.000835,
  },
  {
    what: 'cache writes of both lifetimes and a read',
    model: 'anthropic/claude-haiku-5-5',
    usage: {
      input_tokens: 10,
      output_tokens: 20,
      cache_read_input_tokens: 3000,
      cache_creation_input_tokens: 5000,
      cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 3000 },
    },
    lines: [
      [10, 0.1],
      [20, 0.5],
      [3000, 0.01],
      [2000, 0.125],
      [3000, 0.2],
    ],
    usd: 0.000891,
  },
  {
    what: 'a prompt of exactly 100,000 tokens',
    model: 'anthropic/claude-haiku-5-5',
    usage: { input_tokens: 100_000, output_tokens: 1000 },
    lines: [
      [100_000, 0.1],
      [1000, 0.5],
    ],
    usd: 0.0105,
  },
  // Haiku 5.5 above 100k: 0.50 in, 2.50 out, 0.05 read, 0.625 write, 1.00 write 1h, whole request.
  {
    what: 'a prompt of one token more: the whole request costs more, output included',
    model: 'anthropic/claude-haiku-5-5',
    usage: { input_tokens: 100_001, output_tokens: 1000 },
    lines: [
      [100_001, 0.5],
      [1000, 2.5],
    ],
    usd: 0.0525005,
  },
  {
    what: 'a long prompt made of cache reads',
    model: 'anthropic/claude-haiku-5-5',
    usage: { input_tokens: 500, output_tokens: 100, cache_read_input_tokens: 120_000 },
    lines: [
      [500, 0.5],
      [100, 2.5],
      [120_000, 0.05],
    ],
    usd: 0.0065,
  },
  {
    what: 'a long prompt made of cache writes of an hour',
    model: 'anthropic/claude-haiku-5-5',
    usage: {
      input_tokens: 1,
      output_tokens: 0,
      cache_creation_input_tokens: 200_000,
      cache_creation: { ephemeral_1h_input_tokens: 200_000 },
    },
    lines: [
      [1, 0.5],
      [200_000, 1],
    ],
    usd: 0.2000005,
  },
  {
    what: 'a long prompt made of cache writes of five minutes',
    model: 'anthropic/claude-haiku-5-5',
    usage: { input_tokens: 1, output_tokens: 0, cache_creation_input_tokens: 200_000 },
    lines: [
      [1, 0.5],
      [200_000, 0.625],
    ],
    usd: 0.1250005,
  },
  {
    what: 'a batch: half of everything',
    model: 'anthropic/claude-haiku-5-5',
    usage: { input_tokens: 1000, output_tokens: 200, cache_read_input_tokens: 5000 },
    lines: [
      [1000, 0.1],
      [200, 0.5],
      [5000, 0.01],
    ],
    service: 'batch',
    factor: 0.5,
    usd: 0.000125,
  },
  {
    what: 'a batch with a long prompt',
    model: 'anthropic/claude-haiku-5-5',
    usage: { input_tokens: 150_000, output_tokens: 1000 },
    lines: [
      [150_000, 0.5],
      [1000, 2.5],
    ],
    service: 'batch',
    factor: 0.5,
    usd: 0.03875,
  },
  // Sonnet 5.5: 2 in, 10 out, 0.10 read (0.05 times input), 2.50 write, 4 write 1h.
  {
    what: 'a cache read at a twentieth of input',
    model: 'anthropic/claude-sonnet-5-5',
    usage: { input_tokens: 300, output_tokens: 400, cache_read_input_tokens: 10_000 },
    lines: [
      [300, 2],
      [400, 10],
      [10_000, 0.1],
    ],
    usd: 0.0056,
  },
  {
    what: 'thinking, which is part of the output',
    model: 'anthropic/claude-sonnet-5-5',
    usage: {
      input_tokens: 300,
      output_tokens: 2400,
      output_tokens_details: { thinking_tokens: 2000 },
    },
    lines: [
      [300, 2],
      [2400, 10],
    ],
    usd: 0.0246,
  },
  {
    what: 'a prompt of half a million tokens: no long-prompt price',
    model: 'anthropic/claude-sonnet-5-5',
    usage: { input_tokens: 500_000, output_tokens: 1000 },
    lines: [
      [500_000, 2],
      [1000, 10],
    ],
    usd: 1.01,
  },
  // Opus 5.5: 4 in, 20 out, 0.20 read, 5 write, 8 write 1h; fast mode twice.
  {
    what: 'cache read and write together',
    model: 'anthropic/claude-opus-5-5',
    usage: {
      input_tokens: 50,
      output_tokens: 700,
      cache_read_input_tokens: 8000,
      cache_creation_input_tokens: 1200,
    },
    lines: [
      [50, 4],
      [700, 20],
      [8000, 0.2],
      [1200, 5],
    ],
    usd: 0.0218,
  },
  {
    what: 'fast mode: twice everything',
    model: 'anthropic/claude-opus-5-5',
    usage: { input_tokens: 1000, output_tokens: 500 },
    lines: [
      [1000, 4],
      [500, 20],
    ],
    service: 'fast',
    factor: 2,
    usd: 0.028,
  },
  // Fable 5.1: 10 in, 50 out, 0.25 read (0.025 times input), 12.50 write, 20 write 1h.
  {
    what: 'a cache read at a fortieth of input',
    model: 'anthropic/claude-fable-5-1',
    usage: { input_tokens: 100, output_tokens: 100, cache_read_input_tokens: 100_000 },
    lines: [
      [100, 10],
      [100, 50],
      [100_000, 0.25],
    ],
    usd: 0.031,
  },
  {
    what: 'a cache write of an hour at twice the input',
    model: 'anthropic/claude-fable-5-1',
    usage: {
      input_tokens: 0,
      output_tokens: 10,
      cache_creation_input_tokens: 10_000,
      cache_creation: { ephemeral_1h_input_tokens: 10_000 },
    },
    lines: [
      [10, 50],
      [10_000, 20],
    ],
    usd: 0.2005,
  },
  // Sonnet 4.5: 3 in, 15 out, 0.30 read, 3.75 write, 6 write 1h.
  {
    what: 'a dated snapshot',
    model: 'anthropic/claude-sonnet-4-5-20250929',
    usage: {
      input_tokens: 1000,
      output_tokens: 1000,
      cache_read_input_tokens: 1000,
      cache_creation_input_tokens: 1000,
    },
    lines: [
      [1000, 3],
      [1000, 15],
      [1000, 0.3],
      [1000, 3.75],
    ],
    usd: 0.02205,
  },
  {
    what: 'an answer without a token',
    model: 'anthropic/claude-haiku-4-5',
    usage: { input_tokens: 0, output_tokens: 0 },
    lines: [],
    usd: 0,
  },
];

/** Cached and written tokens stand INSIDE `input_tokens`. */
const responses: readonly Case[] = [
  // GPT-6.1 Sol: 2 in, 10 out, 0.10 read, 2.50 write, 5 write 12h; above 272k 4, 15, 0.20, 5, 10.
  {
    what: 'input and output',
    model: 'openai/gpt-6.1-sol',
    usage: { input_tokens: 1000, output_tokens: 200, total_tokens: 1200 },
    lines: [
      [1000, 2],
      [200, 10],
    ],
    usd: 0.004,
  },
  {
    what: 'cached input is not paid twice',
    model: 'openai/gpt-6.1-sol',
    usage: {
      input_tokens: 10_000,
      input_tokens_details: { cached_tokens: 9000 },
      output_tokens: 100,
      total_tokens: 10_100,
    },
    lines: [
      [1000, 2],
      [9000, 0.1],
      [100, 10],
    ],
    usd: 0.0039,
  },
  {
    what: 'written input',
    model: 'openai/gpt-6.1-sol',
    usage: {
      input_tokens: 10_000,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 8000 },
      output_tokens: 100,
      total_tokens: 10_100,
    },
    lines: [
      [2000, 2],
      [8000, 2.5],
      [100, 10],
    ],
    usd: 0.025,
  },
  {
    what: 'input written for twelve hours and for thirty minutes',
    model: 'openai/gpt-6.1-sol',
    usage: {
      input_tokens: 10_000,
      input_tokens_details: {
        cached_tokens: 1000,
        cache_write_tokens: 8000,
        cache_write_tokens_details: { ttl_30m_tokens: 3000, ttl_12h_tokens: 5000 },
      },
      output_tokens: 100,
      total_tokens: 10_100,
    },
    lines: [
      [1000, 2],
      [1000, 0.1],
      [3000, 2.5],
      [5000, 5],
      [100, 10],
    ],
    usd: 0.0356,
  },
  {
    what: 'reasoning is inside the output',
    model: 'openai/gpt-6.1-sol',
    usage: {
      input_tokens: 500,
      output_tokens: 3000,
      output_tokens_details: { reasoning_tokens: 2600 },
      total_tokens: 3500,
    },
    lines: [
      [500, 2],
      [3000, 10],
    ],
    usd: 0.031,
  },
  {
    what: 'a prompt of exactly 272,000 tokens',
    model: 'openai/gpt-6.1-sol',
    usage: { input_tokens: 272_000, output_tokens: 1000, total_tokens: 273_000 },
    lines: [
      [272_000, 2],
      [1000, 10],
    ],
    usd: 0.554,
  },
  {
    what: 'a prompt of one token more',
    model: 'openai/gpt-6.1-sol',
    usage: { input_tokens: 272_001, output_tokens: 1000, total_tokens: 273_001 },
    lines: [
      [272_001, 4],
      [1000, 15],
    ],
    usd: 1.103004,
  },
  {
    what: 'a long prompt, read and written',
    model: 'openai/gpt-6.1-sol',
    usage: {
      input_tokens: 300_000,
      input_tokens_details: { cached_tokens: 200_000, cache_write_tokens: 50_000 },
      output_tokens: 2000,
      total_tokens: 302_000,
    },
    lines: [
      [50_000, 4],
      [200_000, 0.2],
      [50_000, 5],
      [2000, 15],
    ],
    usd: 0.52,
  },
  {
    what: 'flex: half',
    model: 'openai/gpt-6.1-sol',
    usage: { input_tokens: 1000, output_tokens: 200, total_tokens: 1200 },
    lines: [
      [1000, 2],
      [200, 10],
    ],
    service: 'flex',
    factor: 0.5,
    usd: 0.002,
  },
  {
    what: 'batch: half',
    model: 'openai/gpt-6.1-sol',
    usage: {
      input_tokens: 4000,
      input_tokens_details: { cached_tokens: 2000 },
      output_tokens: 100,
      total_tokens: 4100,
    },
    lines: [
      [2000, 2],
      [2000, 0.1],
      [100, 10],
    ],
    service: 'batch',
    factor: 0.5,
    usd: 0.0026,
  },
  {
    what: 'fast: twice',
    model: 'openai/gpt-6.1-sol',
    usage: { input_tokens: 1000, output_tokens: 200, total_tokens: 1200 },
    lines: [
      [1000, 2],
      [200, 10],
    ],
    service: 'fast',
    factor: 2,
    usd: 0.008,
  },
  // GPT-6 Luna: 0.10 in, 0.50 out, 0.01 read, 0.125 write.
  {
    what: 'a single token',
    model: 'openai/gpt-6-luna',
    usage: { input_tokens: 1, output_tokens: 0, total_tokens: 1 },
    lines: [[1, 0.1]],
    usd: 0.0000001,
  },
  // GPT-5: 1.25 in, 10 out, 0.125 read; writing is free of charge.
  {
    what: 'an older model that charges nothing for writing',
    model: 'openai/gpt-5',
    usage: {
      input_tokens: 5000,
      input_tokens_details: { cached_tokens: 1000, cache_write_tokens: 2000 },
      output_tokens: 100,
      total_tokens: 5100,
    },
    lines: [
      [2000, 1.25],
      [1000, 0.125],
      [2000, 1.25],
      [100, 10],
    ],
    usd: 0.006125,
  },
  // GPT-5 Pro: 15 in, 120 out, no discount on cached input.
  {
    what: 'a model without a discount on cached input',
    model: 'openai/gpt-5-pro',
    usage: {
      input_tokens: 2000,
      input_tokens_details: { cached_tokens: 1000 },
      output_tokens: 10,
      total_tokens: 2010,
    },
    lines: [
      [1000, 15],
      [1000, 15],
      [10, 120],
    ],
    usd: 0.0312,
  },
];

/** The same as Responses under other names, with the habits of each vendor. */
const chat: readonly Case[] = [
  // GPT-4o: 2.50 in, 10 out, 1.25 read.
  {
    what: 'cached input at half the price',
    model: 'openai/gpt-4o',
    usage: {
      prompt_tokens: 3000,
      prompt_tokens_details: { cached_tokens: 2048 },
      completion_tokens: 150,
      total_tokens: 3150,
    },
    lines: [
      [952, 2.5],
      [2048, 1.25],
      [150, 10],
    ],
    usd: 0.00644,
  },
  // Llama 3.3 70B on Groq: 0.59 in, 0.79 out; flex costs the same.
  {
    what: 'Groq',
    model: 'groq/llama-3.3-70b-versatile',
    usage: { prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000 },
    lines: [
      [1000, 0.59],
      [1000, 0.79],
    ],
    usd: 0.00138,
  },
  {
    what: 'Groq flex, at the same price',
    model: 'groq/llama-3.3-70b-versatile',
    usage: { prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000 },
    lines: [
      [1000, 0.59],
      [1000, 0.79],
    ],
    service: 'flex',
    factor: 1,
    usd: 0.00138,
  },
  // DeepSeek V4 Pro, peak hours: 1.32 in, 0.044 cache hit, 3.96 out.
  {
    what: 'DeepSeek, with its own names for cache hits',
    model: 'deepseek/deepseek-v4-pro',
    usage: {
      prompt_tokens: 5000,
      prompt_cache_hit_tokens: 4000,
      prompt_cache_miss_tokens: 1000,
      completion_tokens: 500,
      total_tokens: 5500,
    },
    lines: [
      [1000, 1.32],
      [4000, 0.044],
      [500, 3.96],
    ],
    usd: 0.003476,
  },
  // Gemini 2.5 Pro: 1.25 in, 10 out, 0.125 read; above 200k 2.50, 15, 0.25.
  {
    what: 'Gemini, which leaves reasoning out of the completion',
    model: 'gemini/gemini-2.5-pro',
    usage: {
      prompt_tokens: 1000,
      completion_tokens: 200,
      completion_tokens_details: { reasoning_tokens: 700 },
      total_tokens: 1900,
    },
    lines: [
      [1000, 1.25],
      [900, 10],
    ],
    usd: 0.01025,
  },
  {
    what: 'Gemini above 200,000 tokens',
    model: 'gemini/gemini-2.5-pro',
    usage: {
      prompt_tokens: 200_001,
      prompt_tokens_details: { cached_tokens: 100_000 },
      completion_tokens: 100,
      total_tokens: 200_101,
    },
    lines: [
      [100_001, 2.5],
      [100_000, 0.25],
      [100, 15],
    ],
    usd: 0.2765025,
  },
  // Grok 4.7: 2 in, 6 out, 0.50 read; FROM 200k on 4, 12, 1.
  {
    what: 'Grok just below 200,000 tokens',
    model: 'xai/grok-4.7',
    usage: { prompt_tokens: 199_999, completion_tokens: 100, total_tokens: 200_099 },
    lines: [
      [199_999, 2],
      [100, 6],
    ],
    usd: 0.400598,
  },
  {
    what: 'Grok at 200,000 tokens, with reasoning outside the completion',
    model: 'xai/grok-4.7',
    usage: {
      prompt_tokens: 200_000,
      prompt_tokens_details: { cached_tokens: 50_000 },
      completion_tokens: 100,
      completion_tokens_details: { reasoning_tokens: 400 },
      total_tokens: 200_500,
    },
    lines: [
      [150_000, 4],
      [50_000, 1],
      [500, 12],
    ],
    usd: 0.656,
  },
  // Mistral Large 2512: 0.50 in, 1.50 out.
  {
    what: 'Mistral in a batch',
    model: 'mistral/mistral-large-2512',
    usage: { prompt_tokens: 2000, completion_tokens: 300, total_tokens: 2300 },
    lines: [
      [2000, 0.5],
      [300, 1.5],
    ],
    service: 'batch',
    factor: 0.5,
    usd: 0.000725,
  },
  // Claude Sonnet 5.5 through OpenRouter: 2 in, 10 out, 0.10 read, 2.50 write.
  {
    what: 'Claude through OpenRouter, which reports writes in the way of OpenAI',
    model: 'openrouter/anthropic/claude-sonnet-5.5',
    usage: {
      prompt_tokens: 10_339,
      prompt_tokens_details: { cached_tokens: 8000, cache_write_tokens: 2000 },
      completion_tokens: 60,
      total_tokens: 10_399,
    },
    lines: [
      [339, 2],
      [8000, 0.1],
      [2000, 2.5],
      [60, 10],
    ],
    usd: 0.007078,
  },
];

describe.each([
  ['Anthropic Messages', anthropic],
  ['OpenAI Responses', responses],
  ['Chat Completions', chat],
] as const)('the cost of an answer from %s', (_wire, cases) => {
  it.each(cases)('$model: $what', ({ model, usage, lines, service, factor = 1, usd }) => {
    const byHand = lines.reduce((sum, [tokens, rate]) => sum + tokens * rate, 0);
    expect((byHand * factor) / 1e6).toBeCloseTo(usd, 12);
    expect(costOf(usageOf(usage), priceOf(model), service)).toBe(usd);
  });
});

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

  it('of two short prompts is less than that of one long one: requests are priced separately', () => {
    const haiku = priceOf('anthropic/claude-haiku-5-5');
    const both = { ...short, inputTokens: 120_000, outputTokens: 200 };
    expect(sumCosts([costOf(short, haiku), costOf(short, haiku)])).toBe(0.0121);
    expect(costOf(both, haiku)).toBe(0.0605);
  });

  it('of several is unknown if one is unknown', () => {
    expect(sumCosts([0.1, null, 0.2])).toBeNull();
    expect(sumCosts([0.1, 0.2])).toBe(0.3);
    expect(sumCosts([])).toBe(0);
  });
});

describe('savings by the cache', () => {
  const sonnet = priceOf('anthropic/claude-sonnet-5-5');

  it('are the difference from the same request without a cache', () => {
    const read = { ...NO_USAGE, inputTokens: 100, cacheReadTokens: 10_000 };
    // 10,100 × 2 without, 100 × 2 + 10,000 × 0.10 with.
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

  it('uses the highest tier that the prompt exceeds, in any order of tiers', () => {
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
