import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { suggest } from '../../src/errors/suggest.ts';

const KEYS = ['prompt', 'model', 'max_tokens', 'max_retries', 'for_each', 'id'];

test.for([
  ['promt', 'prompt'],
  ['pormpt', 'prompt'],
  ['Prompt', 'prompt'],
  ['maxTokens', 'max_tokens'],
  ['max-tokens', 'max_tokens'],
  ['max_token', 'max_tokens'],
  ['retries', undefined],
  ['ids', 'id'],
  ['banana', undefined],
  ['', undefined],
  ['___', undefined],
  ['x'.repeat(1000), undefined],
] as const)('%s was probably meant to be %s', ([word, meant]) => {
  expect(suggest(word, KEYS)).toBe(meant);
});

test('suggests the most similar of several, and never the word itself', () => {
  expect(suggest('rpn', ['tpm', 'rpm', 'itpm'])).toBe('rpm');
  expect(suggest('rpm', ['rpm'])).toBe(undefined);
});

test('one typo in a word of four letters or more is always found', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    minLength: 4,
    maxLength: 12,
  });
  fc.assert(
    fc.property(word, fc.nat(), fc.constantFrom('drop', 'swap', 'add'), (right, seed, slip) => {
      const at = seed % (right.length - 1);
      const wrong =
        slip === 'drop'
          ? right.slice(0, at) + right.slice(at + 1)
          : slip === 'add'
            ? `${right.slice(0, at)}z${right.slice(at)}`
            : right.slice(0, at) + right.charAt(at + 1) + right.charAt(at) + right.slice(at + 2);
      fc.pre(wrong !== right);
      expect(suggest(wrong, [right])).toBe(right);
    }),
  );
});
