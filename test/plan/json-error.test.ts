import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { parseJson } from '../../src/plan/json-error.ts';

describe('what is no JSON is found where it goes wrong', () => {
  // The mark `~` stands before the character that is meant.
  test.each([
    '{"id":~}',
    '{"id"~ 1}',
    '{~id: 1}',
    "{~'id': 1}",
    '{"id": 1,~}',
    '[1,~]',
    '[1 ~2]',
    '[1~}',
    '{"a": ~undefined}',
    '{"a": ~NaN}',
    '{"a": ~01}',
    '{"a": ~1.}',
    '{"a": ~truest}',
    '{"a": "x~\ty"}',
    '{"a": "x~\\q"}',
    '{"a": "x"~ "y"}',
    '{"a": "x~',
    '{"a": 1~',
    '[[[~',
    '1~ 2',
    '{}~{}',
    '~',
    '~]',
    '~<html>',
  ])('%s', (marked) => {
    const text = marked.replace('~', '');
    const end = skipSpace(text, marked.indexOf('~'));
    expect(parseJson(text)).toEqual({ ok: false, offset: end });
  });
});

test('JSON is what the engine takes for JSON', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
    }),
  );
});

test('JSON that is nested too deep to be walked is JSON all the same', () => {
  const text = `{"mass":5.97e24,"deep":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
  expect(parseJson(text)).toMatchObject({ ok: true, value: { mass: 5.97e24 } });
});

test('a text cut short or spoilt goes wrong at most where it was changed', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', '?', '"', '{', ']', ','),
      (text, place, mark) => {
        const at = place % (text.length + 1);
        const parsed = parseJson(text.slice(0, at) + mark);
        if (!parsed.ok) expect(parsed.offset).toBeLessThanOrEqual(at + mark.length);
      },
    ),
    { numRuns: 1000 },
  );
});

function skipSpace(text: string, from: number): number {
  return from + (/^[ ]*/.exec(text.slice(from))?.[0].length ?? 0);
}
