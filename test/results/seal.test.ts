import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeal } from '../../src/results/seal.ts';
import { safeJson } from '../../src/results/serialize.ts';

const SEAL = createSeal('k'.repeat(32));

describe('a seal', () => {
  test('never changes, because answers from earlier runs must still verify', () => {
    expect(SEAL.sealed({ b: [1, { d: null, c: '\u2028#[' }], a: 'x', none: undefined }).seal).toBe(
      'v1:wYrLdk6yi_71miJ__RGt7uaGqirNzMll_l9tx2anUXY',
    );
  });

  test('verifies anything that was written as JSON and read back, in any order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (value) => {
        const sealed = SEAL.sealed(value);
        const read: Record<string, unknown> = JSON.parse(safeJson(sealed));
        expect(SEAL.check(read)).toBe('ours');
        const turned = Object.fromEntries(Object.entries(read).toReversed());
        expect(SEAL.check(turned)).toBe('ours');
      }),
    );
  });

  test('does not verify if anything was changed, added or removed', () => {
    const value = { id: 'a', output: { n: 1, list: ['x'] }, cost_usd: 0.5 };
    const sealed = SEAL.sealed(value);
    for (const change of [
      { id: 'b' },
      { output: { n: 2, list: ['x'] } },
      { output: { n: '1', list: ['x'] } },
      { output: { n: 1, list: ['x', 'x'] } },
      { cost_usd: 0 },
      { more: null },
      { seal: `${sealed.seal}x` },
      { seal: 7 },
    ]) {
      expect(SEAL.check({ ...sealed, ...change })).toBe('foreign');
    }
    expect(SEAL.check(value)).toBe('unsealed');
    expect(createSeal('K'.repeat(32)).check(sealed)).toBe('foreign');
  });

  test('needs a key that cannot be guessed', () => {
    expect(() => createSeal('k'.repeat(31))).toThrow('at least 32 bytes');
  });
});
