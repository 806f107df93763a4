import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { wellFormed } from '../../src/ports/well-formed.ts';

test.each([
  ['half at the end', 'a\ud83d', 'a\uFFFD'],
  ['half at the start', '\ude00a', '\uFFFDa'],
  ['halves in the wrong order', '\ude00\ud83d', '\uFFFD\uFFFD'],
  ['a whole pair', '😀', '😀'],
  ['in a list', ['a', '\ud83d'], ['a', '\uFFFD']],
  ['in an object', { a: { b: '\ud83d' } }, { a: { b: '\uFFFD' } }],
  ['in a key', { '\ud83d': 1 }, { '\uFFFD': 1 }],
  ['other values', [1, null, true, {}], [1, null, true, {}]],
])('only unpaired surrogates are replaced: %s', (_name, value, expected) => {
  expect(wellFormed(value)).toEqual(expected);
});

test('an object without unpaired surrogates is returned unchanged', () => {
  const value = { a: [{ b: 'x😀' }], c: null };
  expect(wellFormed(value)).toBe(value);
});

test('JSON of the result never contains half of a surrogate pair', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ stringUnit: 'binary' }),
      fc.string({ unit: 'binary' }),
      (value, text) => {
        const json = JSON.stringify(wellFormed([value, { [`${text}\ud83d`]: `${text}\ude00` }]));
        expect(json.replaceAll('\\\\', '')).not.toMatch(/\\ud[89a-f]/iu);
      },
    ),
  );
});
