import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PromptRequest } from '../../src/plan/task.ts';
import { isObject } from '../../src/ports/json-shape.ts';
import type { Usage } from '../../src/providers/provider.ts';
import { USAGE_FIELDS } from '../../src/providers/usage-fields.ts';
import { completeUsage } from '../../src/providers/missing-usage.ts';
import { reportedUsage } from '../../src/providers/usage.ts';
import { promptRequest } from './setup.ts';

/** The prompt is estimated at 40 tokens, and the answer at 10. */
const REQUEST = promptRequest({ prompt: 'word '.repeat(32), parameters: { maxTokens: 100 } });
const ANSWER = 'word '.repeat(8);

type Tokens = readonly [
  input: number,
  output: number,
  read: number,
  written: number,
  reasoning: number,
];

describe('usage is understood in any form', () => {
  const gemini = { promptTokenCount: 7, candidatesTokenCount: 5 };
  const litellm = { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105 };
  const chat = { prompt_tokens: 7, completion_tokens: 5 };
  const cached = { prompt_tokens_details: { cached_tokens: 90 } };
  const reasoned = { completion_tokens_details: { reasoning_tokens: 30 } };

  test.each<readonly [name: string, body: Record<string, unknown>, tokens: Tokens]>([
    ['Chat Completions', usage(chat), [7, 5, 0, 0, 0]],
    ["Anthropic's names", usage({ input_tokens: 7, output_tokens: 5 }), [7, 5, 0, 0, 0]],
    ["Gemini's", { usageMetadata: gemini }, [7, 5, 0, 0, 0]],
    [
      'Gemini, which counts reasoning separately',
      { usageMetadata: { ...gemini, thoughtsTokenCount: 20, totalTokenCount: 32 } },
      [7, 25, 0, 0, 20],
    ],
    ["Bedrock's", usage({ inputTokens: 7, outputTokens: 5, totalTokens: 12 }), [7, 5, 0, 0, 0]],
    [
      "Bedrock's with a cache",
      usage({ inputTokens: 7, outputTokens: 5, cacheReadInputTokens: 90, totalTokens: 102 }),
      [7, 5, 90, 0, 0],
    ],
    ["Ollama's own", { prompt_eval_count: 7, eval_count: 5 }, [7, 5, 0, 0, 0]],
    ["Cohere's", { meta: { tokens: { input_tokens: 7, output_tokens: 5 } } }, [7, 5, 0, 0, 0]],
    ["Groq's second place", { x_groq: usage(chat) }, [7, 5, 0, 0, 0]],
    ["Moonshot's", { choices: [usage(chat)] }, [7, 5, 0, 0, 0]],
    [
      'numbers as strings',
      usage({ prompt_tokens: '7', completion_tokens: ' 5 ' }),
      [7, 5, 0, 0, 0],
    ],
    ['fractions', usage({ prompt_tokens: 6.2, completion_tokens: '4.5' }), [7, 5, 0, 0, 0]],
    [
      'OpenAI: cached inside the prompt, reasoning inside the output',
      usage({
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
        completion_tokens_details: { reasoning_tokens: 20 },
      }),
      [10, 50, 60, 30, 20],
    ],
    ['DeepSeek', usage({ ...litellm, prompt_cache_hit_tokens: 64 }), [36, 5, 64, 0, 0]],
    [
      'cached tokens inside the prompt',
      usage({ prompt_tokens: 100, completion_tokens: 5, ...cached }),
      [10, 5, 90, 0, 0],
    ],
    [
      'more cached tokens than prompt tokens, which are in addition to the prompt',
      usage({ prompt_tokens: 10, completion_tokens: 5, ...cached }),
      [10, 5, 90, 0, 0],
    ],
    [
      'cached tokens that are in addition to the prompt according to the total',
      usage({ prompt_tokens: 100, completion_tokens: 5, total_tokens: 195, ...cached }),
      [100, 5, 90, 0, 0],
    ],
    [
      "Anthropic's cached tokens, which are in addition to the prompt",
      usage({ input_tokens: 100, output_tokens: 5, cache_read_input_tokens: 90 }),
      [100, 5, 90, 0, 0],
    ],
    [
      "a gateway's, which are inside the prompt according to the total",
      usage({
        input_tokens: 100,
        output_tokens: 5,
        cache_read_input_tokens: 90,
        total_tokens: 105,
      }),
      [10, 5, 90, 0, 0],
    ],
    [
      "LiteLLM's two names for the same count",
      usage({
        ...litellm,
        cache_read_input_tokens: 60,
        cache_creation_input_tokens: 30,
        prompt_tokens_details: { cached_tokens: 60 },
      }),
      [10, 5, 60, 30, 0],
    ],
    ['reasoning in addition to the output', usage({ ...chat, ...reasoned }), [7, 35, 0, 0, 30]],
    [
      'xAI: the same according to the total',
      usage({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 45, ...reasoned }),
      [10, 35, 0, 0, 30],
    ],
    [
      'xAI with less reasoning than output, and more in total than `max_tokens`',
      usage({
        prompt_tokens: 10,
        completion_tokens: 80,
        total_tokens: 120,
        ...reasoned,
      }),
      [10, 110, 0, 0, 30],
    ],
    ['an output only in the total', usage({ prompt_tokens: 7, total_tokens: 12 }), [7, 5, 0, 0, 0]],
    ['a total that is too small', usage({ ...chat, total_tokens: 2 }), [7, 5, 0, 0, 0]],
  ])('%s', (_name, body, tokens) => {
    expect(tokensOf(counted(body))).toEqual(tokens);
    expect(counted(body)).not.toHaveProperty('isEstimated');
  });

  test('if an answer shows nothing, nothing is counted', () => {
    const body = usage({ prompt_tokens: 7, completion_tokens: 0 });
    expect(tokensOf(counted(body, { text: '' }))).toEqual([7, 0, 0, 0, 0]);
    expect(counted(body, { text: '' })).not.toHaveProperty('isEstimated');
  });
});

describe('missing or impossible usage is estimated, and marked', () => {
  test.each<readonly [name: string, reported: unknown, tokens?: Tokens]>([
    ['no usage', undefined],
    ['null', null],
    ['an empty object', {}],
    ['a list', []],
    ['a string', 'none'],
    ['nulls', { prompt_tokens: null, completion_tokens: null }],
    ['-1 for unknown', { prompt_tokens: -1, completion_tokens: -1 }],
    ['zeros', { prompt_tokens: 0, completion_tokens: 0 }],
    ['zeros with a total', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }],
    ['words', { prompt_tokens: 'many', completion_tokens: '12 tokens' }],
    ['booleans', { prompt_tokens: true, completion_tokens: false }],
    ['values that are not numbers', { prompt_tokens: NaN, completion_tokens: Infinity }],
    ['far too many tokens', { prompt_tokens: 1e300, completion_tokens: 1e15 }],
    ['no output', { prompt_tokens: 7 }, [7, 10, 0, 0, 0]],
    ['no input', { completion_tokens: 5 }, [40, 5, 0, 0, 0]],
    ['only a total', { total_tokens: 52 }, [40, 12, 0, 0, 0]],
    ['only cached tokens', { prompt_tokens_details: { cached_tokens: 30 } }, [10, 10, 30, 0, 0]],
    [
      'a total that `max_tokens` rules out',
      { prompt_tokens: 7, completion_tokens: 5, total_tokens: 900_000 },
      [7, 5, 0, 0, 0],
    ],
  ])('%s', (_name, reported, tokens = [40, 10, 0, 0, 0]) => {
    expect(tokensOf(counted({ usage: reported }))).toEqual(tokens);
    expect(counted({ usage: reported })).toHaveProperty('isEstimated', true);
  });

  test('a model with hidden reasoning may have written up to `max_tokens`', () => {
    const request = { ...REQUEST, parameters: { maxTokens: 100, reasoning: 'high' } as const };
    expect(counted({}, { request }).outputTokens).toBe(100);
    expect(counted({}, { request, reasoning: 'word '.repeat(16) }).outputTokens).toBe(30);
  });

  test('a truncated answer counts as `max_tokens`', () => {
    expect(counted({}, { isFull: true }).outputTokens).toBe(100);
  });
});

test('counts are always whole numbers, 0 or more, and an answer is never free', () => {
  const value = fc.oneof(
    fc.constantFrom(null, undefined, true, '', '0', '7', '-3', 'x', -1, 0, 1e300, NaN, [], {}),
    fc.double(),
    fc.nat(),
    fc.nat().map(String),
  );
  const fields = fc.record(
    Object.fromEntries([...USAGE_FIELDS.keys()].map((path) => [path, value])),
    {
      requiredKeys: [],
    },
  );
  fc.assert(
    fc.property(fields, (flat) => {
      const {
        isEstimated = false,
        cacheNote: _note,
        tier: _tier,
        ...counts
      } = counted({ usage: nested(flat) });
      for (const count of Object.values(counts)) {
        expect(Number.isSafeInteger(count) && count >= 0, JSON.stringify(counts)).toBe(true);
      }
      const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = counts;
      expect(inputTokens + cacheReadTokens + cacheWriteTokens).toBeGreaterThan(0);
      expect(outputTokens).toBeGreaterThan(0);
      expect(counts.cacheWriteLongTokens).toBeLessThanOrEqual(cacheWriteTokens);
      expect(counts.reasoningTokens).toBeLessThanOrEqual(outputTokens);
      expect(typeof isEstimated).toBe('boolean');
    }),
  );
});

function usage(value: Record<string, unknown>): Record<string, unknown> {
  return { usage: value };
}

function counted(
  body: Record<string, unknown>,
  work: Partial<Parameters<typeof completeUsage>[1]> = {},
): Usage {
  const request: PromptRequest = REQUEST;
  const answer = { request, text: ANSWER, reasoning: '', isFull: false, ...work };
  return completeUsage(reportedUsage(body), answer);
}

function tokensOf(it: Usage): Tokens {
  return [
    it.inputTokens,
    it.outputTokens,
    it.cacheReadTokens,
    it.cacheWriteTokens,
    it.reasoningTokens,
  ];
}

/** `{'a.b': 1}` as `{a: {b: 1}}`. */
function nested(flat: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(flat)) {
    const [first = '', ...rest] = path.split('.');
    const inner = isObject(tree[first]) ? tree[first] : {};
    tree[first] = rest.length === 0 ? value : { ...inner, ...nested({ [rest.join('.')]: value }) };
  }
  return tree;
}
