import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { rowKey } from '../../src/plan/row-key.ts';
import { matrixKey, taskId } from '../../src/plan/task-id.ts';
import type { JsonValue } from '../../src/ports/json.ts';

describe('the key of a row is', () => {
  test.each<[string, JsonValue, string | undefined, string]>([
    ['the field that `key` names', { sku: 'A-1', id: 7, path: 'p' }, 'sku', 'A-1'],
    ['otherwise its path', { id: 7, path: 'src/a.ts' }, undefined, 'src/a.ts'],
    ['otherwise the scalar itself', 'plain', undefined, 'plain'],
    ['a number as written', 4.5, undefined, '4.5'],
    ['the scalar even if it is false', false, undefined, 'false'],
    ['otherwise its id', { id: 7, x: 1 }, undefined, '7'],
    ['the id even if it is zero', { id: 0 }, undefined, '0'],
    ['otherwise its row number', { x: 1 }, undefined, '3'],
    ['its row number if the id is empty', { id: '' }, undefined, '3'],
    ['its row number if the scalar is empty', '', undefined, '3'],
    ['never an inherited property', { x: 1 }, undefined, '3'],
    ['on one line', 'a\nb\tc\r', undefined, 'a\\nb\\tc\\r'],
    [
      'without terminal control characters',
      '\u001b[31mred\u202e',
      undefined,
      '\\x1b[31mred\\u202e',
    ],
    ['text in any script', 'naïve 文書.md', undefined, 'naïve 文書.md'],
  ])('%s', (_, item, field, key) => {
    expect(rowKey(item, 3, field)).toMatchObject({ ok: true, key });
  });

  test.each<[JsonValue, string | undefined, string]>([
    [{ a: 1 }, 'sku', 'row 3 has no key `sku`'],
    [{ sku: '' }, 'sku', 'row 3 has an empty key `sku`'],
    [{ sku: null }, 'sku', 'row 3 has an empty key `sku`'],
    [{ sku: { a: 1 } }, 'sku', 'the key `sku` of row 3 is an object'],
    [{ id: [1] }, undefined, 'the key `id` of row 3 is a list'],
    [{ a: 1 }, 'constructor', 'row 3 has no key `constructor`'],
    ['plain', 'sku', 'row 3 is a plain value without the key `sku`'],
  ])('refused for %j with key %s', (item, field, message) => {
    expect(rowKey(item, 3, field)).toMatchObject({ ok: false, message });
  });

  test('cut at 200 characters, and long keys with the same start stay distinct', () => {
    const keys = ['a', 'b'].map((end) => rowKey('x'.repeat(500) + end, 1, undefined));
    const [one, other] = keys.map((each) => (each.ok ? each.key : ''));
    expect(one).toMatch(/^x{187}~[0-9a-f]{12}$/);
    expect(other).toMatch(/^x{187}~[0-9a-f]{12}$/);
    expect(one).not.toBe(other);
  });

  test('always one printable line of at most 200 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const result = rowKey(text, 1, undefined);
        if (!result.ok) throw new Error(result.message);
        expect(result.key.length).toBeLessThanOrEqual(200);
        expect(result.key).not.toMatch(/[\p{Cc}\u2028\u2029\u200b\u202e]/u);
        expect(result.key.isWellFormed()).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

test('an id joins template, key and matrix', () => {
  const matrix = matrixKey({ lens: 'bugs', level: 2, on: true });
  expect(matrix).toBe('lens=bugs,level=2,on=true');
  expect([
    taskId('review', {}),
    taskId('review', { key: 'src/auth.ts' }),
    taskId('review', { key: 'src/auth.ts', matrix }),
    taskId('review', { matrix }),
  ]).toEqual([
    'review',
    'review@src/auth.ts',
    'review@src/auth.ts,lens=bugs,level=2,on=true',
    'review@lens=bugs,level=2,on=true',
  ]);
});

test('a matrix value that is empty or an object still gives a single line', () => {
  expect(matrixKey({ a: { b: [1] }, c: null, d: 'x\ny' })).toBe('a={"b":[1]},c=,d=x\\ny');
});
