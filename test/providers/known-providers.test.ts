import { describe, expect, test } from 'vitest';
import { knownProviders, ownOrigins } from '../../src/manifest/known-providers.ts';

describe('built-in providers', () => {
  test.each([...knownProviders].filter(([, known]) => known.loopback !== true))(
    '%s is called over https with its own key, on its own hosts',
    (name, known) => {
      expect(new URL(known.baseUrl).protocol).toBe('https:');
      expect(known.baseUrl).not.toMatch(/\/$/u);
      expect(known.apiKeyEnv).toMatch(/^[A-Z]+_API_KEY$/u);
      const origins = ownOrigins(known);
      expect(origins).toContain(new URL(known.baseUrl).origin);
      expect(origins.filter((origin) => !/^https:\/\/[a-z0-9.-]+$/u.test(origin))).toEqual([]);
      const others = [...knownProviders].filter(([other]) => other !== name);
      const taken = new Set(others.flatMap(([, other]) => [...ownOrigins(other), other.apiKeyEnv]));
      expect([...origins, known.apiKeyEnv].filter((each) => taken.has(each))).toEqual([]);
    },
  );

  test('those on this machine have neither a key nor an origin', () => {
    const local = [...knownProviders].filter(([, known]) => known.loopback === true);
    expect(local.map(([name, known]) => [name, known.apiKeyEnv, ownOrigins(known)])).toEqual([
      ['ollama', undefined, []],
      ['lmstudio', undefined, []],
      ['vllm', undefined, []],
      ['llamacpp', undefined, []],
      ['mock', undefined, []],
    ]);
  });
});
