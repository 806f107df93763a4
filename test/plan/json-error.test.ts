import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { parseJson } from '../../src/plan/json-error.ts';

describe('invalid JSON is reported at the first error', () => {
  // `~` marks the character after it as the first error.
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

test('Volley accepts the same JSON as the JavaScript engine', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
    }),
  );
});

test('deeply nested JSON is valid', () => {
  const text = `{"mass":5.97e24,"deep":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
  expect(parseJson(text)).toMatchObject({ ok: true, value: { mass: 5.97e24 } });
});

test('the error in truncated or damaged JSON is never reported after the damage', () => {
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
