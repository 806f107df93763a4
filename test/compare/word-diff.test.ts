import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { wordDiff } from '../../src/compare/word-diff.ts';

function marked(before: string, after: string): string {
  const marks = { same: ['', ''], removed: ['[-', '-]'], added: ['{+', '+}'] } as const;
  return wordDiff(before, after)
    .map(({ kind, text }) => marks[kind][0] + text + marks[kind][1])
    .join('');
}

test.each([
  ['the same', 'the same', 'the same'],
  ['a red house', 'a blue house', 'a [-red-]{+blue+} house'],
  ['a red old house', 'a new house', 'a [-red old-]{+new+} house'],
  ['', 'all new', '{+all new+}'],
  ['all gone', '', '[-all gone-]'],
  ['one two three', 'one three', 'one [-two -]three'],
  ['Grüße, Zoë!', 'Grüße, Zoe!', 'Grüße, [-Zoë-]{+Zoe+}!'],
])('the difference between %j and %j is %j', (before, after, expected) => {
  expect(marked(before, after)).toBe(expected);
});

test('a diff without its additions is the first text, and without its removals the second', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'ü', '.', '\ud800') });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const parts = wordDiff(before, after);
      const without = (left: string): string =>
        parts.flatMap(({ kind, text: part }) => (kind === left ? [] : part)).join('');
      expect([without('added'), without('removed')]).toEqual([before, after]);
    }),
  );
});

test('two long texts without a common word take a limited number of steps', () => {
  const [before, after] = ['x '.repeat(100_000), 'y '.repeat(100_000)];
  expect(wordDiff(before, after).map(({ kind }) => kind)).toEqual(['removed', 'added', 'same']);
});
