import { describe, expect, it } from 'vitest';
import { knownProviders } from '../../src/manifest/known-providers.ts';
import { documentedLimits, documentedTiers } from '../../src/providers/documented-limits.ts';

describe('documented limits', () => {
  it('cover every built-in provider that is not on the user’s machine', () => {
    const remote = [...knownProviders].filter(([, { loopback }]) => loopback !== true);
    expect([...documentedLimits.keys()].toSorted()).toEqual(
      remote.map(([name]) => name).toSorted(),
    );
  });

  it.each([...documentedLimits])(
    'of %s have a page, a date in the past, and numbers or a note',
    (_, { source, via, asOf, note, tiers }) => {
      for (const url of [source, ...(via === undefined ? [] : [via])]) {
        expect(new URL(url).protocol).toBe('https:');
      }
      if (asOf !== undefined) expect(new Date(asOf).toISOString().slice(0, 10)).toBe(asOf);
      if (tiers.length === 0) expect(note).toBeDefined();
      for (const { limits } of tiers) {
        const numbers = Object.values(limits).flatMap((limit) =>
          typeof limit === 'object' ? [limit.start, limit.max] : [limit],
        );
        expect(numbers.length).toBeGreaterThan(0);
        expect(numbers.every((limit) => limit > 0)).toBe(true);
      }
    },
  );

  it.each([
    ['anthropic', 'claude-fable-5-1', ['Start', 'Scale']],
    ['anthropic', 'claude-fable-5-10', []],
    ['openrouter', 'meta-llama/llama-3.2-3b-instruct:free', ['under 10 credits', '10 credits']],
    ['openrouter', 'meta-llama/llama-3.2-3b-instruct', []],
    ['fireworks', 'anything', ['paying']],
    ['openai', 'gpt-6.1-sol', []],
    ['ollama', 'qwen3', []],
  ])(
    'of %s/%s are those of the tiers %j, found by exact id and not by a prefix',
    (provider, model, tiers) => {
      expect(documentedTiers(provider, model).map(({ tier }) => tier)).toEqual(tiers);
    },
  );
});
