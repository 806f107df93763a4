import { describe, expect, test } from 'vitest';
import { isForbiddenKeyVariable, knownProviders } from '../../src/manifest/known-providers.ts';

describe('ready-made providers', () => {
  test.each([...knownProviders].filter(([, known]) => known.loopback !== true))(
    '%s is reached over https with a key of its own',
    (name, known) => {
      expect(new URL(known.baseUrl).protocol).toBe('https:');
      expect(known.baseUrl).not.toMatch(/\/$/u);
      expect(known.apiKeyEnv).toMatch(/^[A-Z]+_API_KEY$/u);
      expect(isForbiddenKeyVariable(known.apiKeyEnv ?? '', name)).toBe(false);
      expect(isForbiddenKeyVariable(known.apiKeyEnv ?? '', 'other')).toBe(true);
    },
  );

  test('those on this machine take no key', () => {
    const local = [...knownProviders].filter(([, known]) => known.loopback === true);
    expect(local.map(([name, known]) => [name, known.apiKeyEnv])).toEqual([
      ['ollama', undefined],
      ['lmstudio', undefined],
      ['vllm', undefined],
      ['llamacpp', undefined],
      ['mock', undefined],
    ]);
  });

  test('an ordinary variable may hold a key', () => {
    expect(isForbiddenKeyVariable('LOCAL_LLM_KEY', 'local')).toBe(false);
  });
});
