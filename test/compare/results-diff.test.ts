import { expect, test } from 'vitest';
import { rowId } from '../../src/compare/model-rows.ts';
import { createDigest } from '../../src/compare/digest.ts';
import { createResultsDiff } from '../../src/compare/results-diff.ts';
import { failure, record } from './records.ts';

function labelled(value: string, score: number) {
  return record({ id: 't@1', output: { label: value, at: { score } } });
}

test('a difference states its kind and the changed fields', () => {
  const diff = createResultsDiff({ a: 'old', b: 'new' }, { most: 10 });
  diff.add('same', labelled('x', 1), labelled('x', 1));
  diff.add('answer', labelled('x', 1), labelled('y', 1));
  diff.add('status', labelled('x', 1), record({ id: 't', error: failure('SERVER_ERROR', 'no') }));
  diff.add('gone', labelled('x', 1), undefined);
  diff.add('new', undefined, labelled('x', 1));
  const { counts, tasks, agreement, fields, a } = diff.result();
  expect(counts).toEqual({ same: 1, answer: 1, status: 1, only_a: 1, only_b: 1 });
  expect(tasks.map(({ id, change, fields: changed }) => [id, change, changed])).toEqual([
    ['answer', 'answer', ['label']],
    ['status', 'status', undefined],
    ['gone', 'only_a', undefined],
    ['new', 'only_b', undefined],
  ]);
  expect(agreement).toEqual({ compared: 2, equal: 1 });
  expect(fields).toEqual([
    { name: 'label', compared: 2, equal: 1 },
    { name: 'at.score', compared: 2, equal: 2 },
  ]);
  expect(a).toEqual({
    name: 'old',
    tasks: 4,
    succeeded: 4,
    cost_usd: 0.04,
    input_tokens: 40,
    output_tokens: 20,
  });
});

test('differences that are not shown are counted', () => {
  const diff = createResultsDiff({ a: 'a', b: 'b' }, { most: 1 });
  for (const id of ['1', '2', '3']) diff.add(id, record({ id }), undefined);
  const { tasks, omitted } = diff.result();
  expect([tasks.length, omitted]).toEqual([1, 2]);
});

test.each([
  ['t@1,model=a/x', { model: 'a/x' }, 't@1'],
  ['t@model=a/x', { model: 'a/x' }, 't'],
  ['t@1,lens=x,model=a/x#2', { lens: 'x', model: 'a/x' }, 't@1,lens=x#2'],
  ['t@model=odd,model=a/x', { model: 'a/x' }, 't@model=odd'],
  ['t@1', undefined, 't@1'],
])('the row of %j is %j', (id, matrix, expected) => {
  expect(rowId({ id, ...(matrix && { matrix }) })).toBe(expected);
});

test('models are compared row by row and sample by sample', () => {
  const digest = createDigest();
  for (const key of ['1', '2']) {
    for (const model of ['a/x', 'b/y']) {
      for (const sample of [1, 2]) {
        const output = key === '1' ? 'yes' : `${model} ${sample}`;
        digest.add(
          record({ id: `t@${key},model=${model}#${sample}`, key, matrix: { model }, output }),
        );
      }
    }
  }
  const { comparisons } = digest.result();
  expect(comparisons.map(({ a, b, agreement }) => [a.name, b.name, agreement])).toEqual([
    ['a/x', 'b/y', { compared: 4, equal: 2 }],
  ]);
});

test('reused answers have no cost and no duration', () => {
  const digest = createDigest();
  digest.add(record({ id: 't@1' }));
  digest.add(record({ id: 't@2', cached: true, attempts: 0, cost_usd: 0 }));
  const { total } = digest.result();
  expect([total.succeeded, total.input_tokens, total.output_tokens]).toEqual([2, 10, 5]);
});
