import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { complaints, manifestOf } from './support.ts';

async function combinations(matrix: string) {
  const { tasks } = await manifestOf(
    `defaults: {model: mock/echo}\ntasks:\n  - prompt: hi\n    matrix: ${matrix}\n`,
  );
  return tasks[0]?.matrix;
}

async function said(matrix: string): Promise<string> {
  const all = await complaints(
    `defaults: {model: mock/echo}\ntasks:\n  - prompt: hi\n    matrix: ${matrix}\n`,
  );
  return all.split('\n')[0] ?? '';
}

describe('a matrix', () => {
  test('has every combination, with the last axis changing fastest', async () => {
    expect(await combinations('{a: [1, 2], b: [x, y]}')).toEqual([
      { a: 1, b: 'x' },
      { a: 1, b: 'y' },
      { a: 2, b: 'x' },
      { a: 2, b: 'y' },
    ]);
  });

  test('`exclude` removes all matching combinations', async () => {
    expect(await combinations('{a: [1, 2], b: [x, y], exclude: [{a: 1, b: x}, {b: y}]}')).toEqual([
      { a: 2, b: 'x' },
    ]);
  });

  // The example in GitHub's documentation, "Expanding or adding matrix configurations".
  test('`include` works as in GitHub Actions', async () => {
    const matrix = `{fruit: [apple, pear], animal: [cat, dog], include: [
      {color: green}, {color: pink, animal: cat}, {fruit: apple, shape: circle},
      {fruit: banana}, {fruit: banana, animal: cat}]}`;
    expect(await combinations(matrix)).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]);
  });

  test('`include` is applied after `exclude`, and works without axes', async () => {
    expect(await combinations('{a: [1, 2], exclude: [{a: 2}], include: [{a: 2}]}')).toEqual([
      { a: 1 },
      { a: 2 },
    ]);
    expect(await combinations('{include: [{a: 1}, {b: 2}]}')).toEqual([{ a: 1 }, { b: 2 }]);
  });

  test('may have maps as values, which are equal regardless of the order of keys', async () => {
    expect(await combinations('{a: [{x: 1, y: 2}, 3], exclude: [{a: {y: 2, x: 1}}]}')).toEqual([
      { a: 3 },
    ]);
  });

  test.for([
    ['{a: []}', '4:17: error BAD_VALUE: `a` of the matrix has no values'],
    ['{}', '4:13: error BAD_VALUE: the matrix has no combinations'],
    ['{a: [1, "1"]}', '4:21: error BAD_VALUE: `1` appears twice in `a`'],
    ['{a: [1], include: [{}]}', '4:32: error BAD_VALUE: an empty entry in `include`'],
    [
      '{a: [1], include: [{b: 1}, {a: 2}, {a: 2}]}',
      '4:48: error BAD_VALUE: `include` adds the same combination twice',
    ],
    [
      '{a: [1], exclude: [{}]}',
      '4:32: error BAD_VALUE: an empty entry in `exclude` would leave out everything',
    ],
    ['{a: 1}', '4:17: error WRONG_TYPE: `a` must be a list of values, not the number `1`'],
  ] as const)('is refused if it is %s', async ([matrix, message]) => {
    expect(await said(matrix)).toBe(`volley.yaml:${message}`);
  });

  test('is refused with more than a hundred thousand combinations', async () => {
    const axis = `[${Array.from({ length: 22 }, (_, n) => n).join(', ')}]`;
    expect(await combinations(`{a: ${axis}, b: ${axis}}`)).toHaveLength(484);
    expect(await said(`{a: ${axis}, b: ${axis}, c: ${axis}, d: ${axis}}`)).toBe(
      'volley.yaml:4:13: error MATRIX_TOO_LARGE: `matrix` and `repeat` create more than 100,000 combinations',
    );
  });

  test('without `include`, kept and excluded combinations add up, without duplicates', async () => {
    const axis = fc.uniqueArray(fc.constantFrom('p', 'q', 'r', 's'), { minLength: 1 });
    const axes = fc.record({ a: axis, b: axis });
    await fc.assert(
      fc.asyncProperty(axes, async ({ a, b }) => {
        const out = { a: a[0], b: b[0] };
        fc.pre(a.length * b.length > 1);
        const kept = await combinations(JSON.stringify({ a, b, exclude: [out] }));
        const written = kept?.map((each) => JSON.stringify(each)) ?? [];
        expect(new Set(written).size).toBe(a.length * b.length - 1);
        expect(written).toHaveLength(a.length * b.length - 1);
        expect(written).not.toContain(JSON.stringify(out));
      }),
    );
  });
});
