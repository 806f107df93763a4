import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenEstimator, type TokenRange } from '../../src/money/token-ranges.ts';
import { tokenFamily, type TokenFamily, loadTokenizer } from '../../src/money/tokenizer.ts';
import type { PromptRequest } from '../../src/plan/task.ts';

const counted = await createTokenEstimator('tokens');
const guessed = await createTokenEstimator('bytes');
const count = await loadTokenizer();

const PROSE =
  'A manifest describes what is asked, of whom, and how often. It lives in the repository, where ' +
  'people review it like any other change, and the answers are next to it in a file.\n';
const CODE = readFileSync(
  new URL('../../src/money/budget-ledger.ts', import.meta.url),
  'utf8',
).replaceAll(/\/\*[\s\S]*?\*\//g, '');
const CHINESE =
  '清单描述了要问什么、问谁以及问多少次。它存放在代码库中，人们像审查其他更改一样审查它。';

describe('the tokenizer family', () => {
  it.each<[string, TokenFamily]>([
    ['openai/gpt-6.1-sol', 'openai'],
    ['openai/gpt-4o-mini', 'openai'],
    ['openai/gpt-4.1', 'openai'],
    ['openai/o3', 'openai'],
    ['openai/ft:whatever', 'openai'],
    ['openai/gpt-4', 'openai_old'],
    ['openai/gpt-4-turbo', 'openai_old'],
    ['openai/gpt-3.5-turbo', 'openai_old'],
    ['groq/openai/gpt-oss-120b', 'openai'],
    ['anthropic/claude-haiku-5-5', 'claude'],
    ['anthropic/claude-sonnet-5', 'claude'],
    ['anthropic/claude-opus-4-7', 'claude'],
    ['anthropic/claude-fable-5-2', 'claude'],
    ['anthropic/claude-opus-4-6', 'claude_old'],
    ['anthropic/claude-haiku-4-5-20251001', 'claude_old'],
    ['anthropic/claude-sonnet-4-20250514', 'claude_old'],
    ['anthropic/claude-3-5-haiku-20241022', 'claude_old'],
    ['openrouter/anthropic/claude-opus-4.8', 'claude'],
    ['openrouter/anthropic/claude-opus-4.6', 'claude_old'],
    ['anthropic/some-codename', 'claude'],
    ['mistral/mistral-large-latest', 'other'],
    ['gemini/gemini-2.5-pro', 'other'],
    ['ollama/qwen3', 'other'],
  ])('of %s is %s', (name, family) => {
    const [provider = '', ...rest] = name.split('/');
    expect(tokenFamily({ provider, model: rest.join('/') })).toBe(family);
  });
});

describe('an estimate of tokens', () => {
  it('is exact for OpenAI, for any text', () => {
    for (const text of [PROSE, CODE, CHINESE]) {
      expect(counted.ofText(text, 'openai').expected).toBe(count(text));
    }
  });

  it.each<[string, string, number]>([
    ['prose', PROSE, 1.3],
    ['code', CODE, 1.6],
    ['Chinese', CHINESE.repeat(4), 1.95],
  ])('grows by the factor of %s for current Claude models', (_what, text, factor) => {
    const { expected } = counted.ofText(text, 'claude');
    expect(expected / count(text)).toBeGreaterThan(0.93 * factor);
    expect(expected / count(text)).toBeLessThan(1.07 * factor);
  });

  it('of a mixture is between those of prose and Chinese', () => {
    const mixed = `${PROSE}${CHINESE}`;
    const factor = counted.ofText(mixed, 'claude').expected / count(mixed);
    expect(factor).toBeGreaterThan(1.35);
    expect(factor).toBeLessThan(1.9);
  });

  it('has a high upper end for scripts that have not been measured', () => {
    const hindi = 'यह एक परीक्षण वाक्य है जो किसी ने नहीं मापा।';
    expect(counted.ofText(hindi, 'openai').high).toBeLessThan(1.1 * count(hindi) + 1);
    expect(counted.ofText(hindi, 'claude').high).toBeGreaterThan(1.4 * hindi.length);
    const dashes = 'A sentence — with dashes, “quotes” and so on…';
    expect(counted.ofText(dashes, 'claude').high).toBeLessThan(1.2 * 1.7 * count(dashes));
  });

  it('of empty text is zero', () => {
    expect(counted.ofText('', 'claude')).toEqual({ low: 0, expected: 0, high: 0 });
    expect(guessed.ofText('', 'claude')).toEqual({ low: 0, expected: 0, high: 0 });
  });

  it('from bytes needs no tables, and its range includes the measured counts', () => {
    for (const text of [PROSE, CODE, CHINESE]) {
      const { low, high } = guessed.ofText(text, 'openai');
      expect(low).toBeLessThanOrEqual(count(text));
      expect(high).toBeGreaterThanOrEqual(count(text));
    }
  });

  it('is an ordered range of whole numbers, for any text and family', () => {
    const families = fc.constantFrom<TokenFamily>(
      'openai',
      'openai_old',
      'claude',
      'claude_old',
      'other',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), families, (text, family) => {
        for (const { low, expected, high } of [
          counted.ofText(text, family),
          guessed.ofText(text, family),
        ]) {
          expect([low, expected, high].every(Number.isInteger)).toBe(true);
          expect(0 <= low && low <= expected && expected <= high).toBe(true);
        }
      }),
    );
  });
});

describe('an estimate of a request', () => {
  const request: PromptRequest = {
    model: { provider: 'openai', model: 'gpt-6.1-sol' },
    context: PROSE,
    system: 'Answer briefly.',
    prompt: 'What is asked?',
    parameters: {},
  };

  it('adds its texts and the overhead of the wire format', () => {
    const texts = [PROSE, 'Answer briefly.', 'What is asked?'].map(count);
    const sum = texts.reduce((one, other) => one + other, 0);
    const { low, expected, high } = counted.ofRequest(request);
    expect(expected).toBe(sum + 4 + 3 * 3);
    expect(low).toBeLessThanOrEqual(sum);
    expect(high).toBeGreaterThanOrEqual(sum + 12 + 3 * 8);
  });

  it('leaves out missing parts', () => {
    const bare = { ...request, context: undefined, system: '' };
    expect(counted.ofRequest(bare).expected).toBe(count('What is asked?') + 4 + 3);
  });

  it('is the same the second time, but different for another family', () => {
    const claude = { ...request, model: { provider: 'anthropic', model: 'claude-haiku-5-5' } };
    const first: TokenRange = counted.ofRequest(request);
    expect(counted.ofRequest(request)).toEqual(first);
    expect(counted.ofRequest(claude).expected).toBeGreaterThan(first.expected);
    expect(counted.ofRequest(request)).toEqual(first);
  });

  it('stays correct for more contexts than are remembered', () => {
    for (let round = 0; round < 2; round += 1) {
      for (let each = 0; each < 40; each += 1) {
        const context = `${PROSE}${'again '.repeat(each)}`;
        const { expected } = counted.ofRequest({ ...request, context, system: undefined });
        expect(expected).toBe(count(context) + count('What is asked?') + 4 + 2 * 3);
      }
    }
  });
});
