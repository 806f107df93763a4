import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, recordsIn, volley } from '../support/cli.ts';
import { promptOf } from '../support/wires.ts';
import { manifestOn, providerOn, served, WITH_KEY, WITH_QUICK_MOCK } from './served.ts';

async function ran(cwd: string, ...flags: string[]) {
  const run = await volley(['run', 'm.yaml', '--progress', 'none', ...flags], { cwd });
  expect(run.code, run.stderr).toBe(0);
  return recordsIn(run.stdout).toSorted((one, other) => one.index - other.index);
}

const TWO = `${WITH_QUICK_MOCK}defaults: { models: [mock/small, mock/large] }\n`;

test('every row goes to each model, in the order of rows, matrix, models and samples', async () => {
  const cwd = folder({
    'm.yaml': `${TWO}tasks:
  - id: t
    for_each: [a, b]
    matrix: { lens: [x, y] }
    repeat: 2
    prompt: "{{ item }} {{ matrix.lens }} {{ task.model }} {{ matrix.model }}"
`,
  });
  const records = await ran(cwd, '--include', 'prompt');
  expect(records).toHaveLength(16);
  expect(
    records
      .slice(0, 5)
      .map(({ id, model, key, matrix, prompt }) => [id, model, key, matrix, prompt]),
  ).toEqual([
    [
      't@a,lens=x,model=mock/small#1',
      'small',
      'a',
      { lens: 'x', model: 'mock/small' },
      'a x mock/small mock/small',
    ],
    [
      't@a,lens=x,model=mock/small#2',
      'small',
      'a',
      { lens: 'x', model: 'mock/small' },
      'a x mock/small mock/small',
    ],
    [
      't@a,lens=x,model=mock/large#1',
      'large',
      'a',
      { lens: 'x', model: 'mock/large' },
      'a x mock/large mock/large',
    ],
    [
      't@a,lens=x,model=mock/large#2',
      'large',
      'a',
      { lens: 'x', model: 'mock/large' },
      'a x mock/large mock/large',
    ],
    [
      't@a,lens=y,model=mock/small#1',
      'small',
      'a',
      { lens: 'y', model: 'mock/small' },
      'a y mock/small mock/small',
    ],
  ]);
  expect(records.at(-1)?.id).toBe('t@b,lens=y,model=mock/large#2');
});

test('`--model` replaces the list, and ids lose their model part', async () => {
  const cwd = folder({
    'm.yaml': `${TWO}tasks: [{ id: t, for_each: [a], prompt: "{{ item }} {{ task.model }}" }]`,
  });
  const records = await ran(cwd, '--model', 'mock/other', '--include', 'prompt');
  expect(records.map(({ id, matrix, prompt }) => [id, matrix, prompt])).toEqual([
    ['t@a', undefined, 'a mock/other'],
  ]);
});

test('a dependent task gets a result per row and model, and `for_each` can iterate over these results', async () => {
  const cwd = folder({
    'm.yaml': `${TWO}tasks:
  - { id: t, for_each: [a, b], prompt: "{{ item }}" }
  - { id: one, prompt: hi }
  - { id: each, for_each: { needs: t }, model: mock/judge, prompt: "{{ needs.t.matrix.model }} {{ item }}" }
  - { id: all, needs: [t, one], model: mock/judge, prompt: "{% for r in needs.t %}{{ r.id }} {% endfor %}{{ needs.one.size }}" }
  - { id: both, for_each: { needs: one }, prompt: "{{ needs.one.matrix.model }} by {{ task.model }}" }
`,
  });
  const records = await ran(cwd, '--include', 'prompt');
  expect(records.slice(6).map(({ id, key, prompt }) => [id, key, prompt])).toEqual([
    ['each@a,model=mock/small', 'a', 'mock/small a'],
    ['each@a,model=mock/large', 'a', 'mock/large a'],
    ['each@b,model=mock/small', 'b', 'mock/small b'],
    ['each@b,model=mock/large', 'b', 'mock/large b'],
    [
      'all',
      undefined,
      't@a,model=mock/small t@a,model=mock/large t@b,model=mock/small t@b,model=mock/large 2',
    ],
    ['both@model=mock/small,model=mock/small', undefined, 'mock/small by mock/small'],
    ['both@model=mock/small,model=mock/large', undefined, 'mock/small by mock/large'],
    ['both@model=mock/large,model=mock/small', undefined, 'mock/large by mock/small'],
    ['both@model=mock/large,model=mock/large', undefined, 'mock/large by mock/large'],
  ]);
});

test('plan, selection and resume treat each model separately', async () => {
  const cwd = folder({
    'm.yaml': `${TWO}tasks:
  - { id: t, for_each: [a, b, c], prompt: "{{ item }}" }
  - { id: sum, needs: [t], model: mock/large, prompt: "{{ needs.t.size }}" }
`,
  });
  const plan = await volley(['plan', 'm.yaml', '--json'], { cwd });
  const { models, total } = JSON.parse(plan.stdout);
  expect(total.tasks).toBe(7);
  expect(models).toMatchObject([
    { model: 'mock/small', tasks: 3 },
    { model: 'mock/large', tasks: 4 },
  ]);
  const some = await ran(cwd, '--only', '*model=mock/large');
  expect(some.map(({ id }) => id)).toEqual([
    't@a,model=mock/large',
    't@b,model=mock/large',
    't@c,model=mock/large',
  ]);
  const first = await ran(cwd, '--first', '3', '-o', 'out.jsonl');
  expect(first).toEqual([]);
  expect((await ran(cwd, '-o', 'out.jsonl', '--resume')).length).toBe(0);
  const records = recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'));
  expect(new Set(records.map(({ id }) => id)).size).toBe(7);
  const again = await volley(
    ['run', 'm.yaml', '-o', 'out.jsonl', '--resume', '--summary-file', 's.json'],
    { cwd },
  );
  expect(again.code, again.stderr).toBe(0);
  expect(JSON.parse(readFileSync(join(cwd, 's.json'), 'utf8'))).toMatchObject({
    attempts: 0,
    kept: 7,
  });
});

test('`{{ task.model }}` is the model that a request goes to, even after a fallback', async () => {
  const server = await served({
    respond: ({ body }) =>
      body['model'] === 'broken'
        ? { kind: 'answer', text: 'No.', stopReason: 'refusal' }
        : { kind: 'answer' },
  });
  const model = ['local/broken', 'local/small'];
  const task = { id: 't', model, prompt: 'I am {{ task.model }}' };
  const provider = providerOn(server, 'anthropic');
  const defaults = { max_tokens: 50 };
  const cwd = folder({ 'm.yaml': manifestOn(server, { tasks: [task], provider, defaults }) });
  const flags = ['--progress', 'none', '--include', 'prompt'];
  const run = await volley(['run', 'm.yaml', ...flags], { cwd, ...WITH_KEY });
  expect(run.code, run.stderr).toBe(0);
  expect(server.requests.map(promptOf)).toEqual(['I am local/broken', 'I am local/small']);
  expect(recordsIn(run.stdout)).toMatchObject([{ model: 'small', prompt: 'I am local/small' }]);
});

describe('a contradictory model list is refused', () => {
  test.each<[string, string, string]>([
    [
      '`model` and `models` in a task',
      'tasks: [{ model: mock/a, models: [mock/b], prompt: hi }]',
      'both `models` and `model` are set',
    ],
    [
      '`model` and `models` in defaults',
      'defaults: { model: mock/a, models: [mock/b] }\ntasks: [hi]',
      'both `models` and `model` are set',
    ],
    [
      'a matrix axis called `model`',
      'tasks: [{ models: [mock/a], matrix: { model: [x] }, prompt: hi }]',
      'the matrix has an axis `model`',
    ],
    [
      'a model twice',
      'tasks: [{ models: [mock/a, mock/a], prompt: hi }]',
      '`mock/a` is in the list twice',
    ],
    ['an empty list', 'tasks: [{ models: [], prompt: hi }]', '`models` must be a list of models'],
    ['plain text', 'tasks: [{ models: mock/a, prompt: hi }]', 'write it in brackets: `[mock/a]`'],
    [
      'a list inside the list',
      'tasks: [{ models: [[mock/a, mock/b]], prompt: hi }]',
      'entry 1 of `models` must be a model',
    ],
    [
      'an unknown provider',
      'tasks: [{ models: [mock/a, mokc/b], prompt: hi }]',
      'unknown provider `mokc`',
    ],
    [
      'a model without a provider',
      'tasks: [{ models: [mock/a, small], prompt: hi }]',
      '`small` does not name a provider',
    ],
    [
      '`matrix.model` without the list',
      'tasks: [{ model: mock/a, prompt: "{{ matrix.model }}" }]',
      'write `task.model`: every task has one',
    ],
    [
      'a template that uses the results of several models as one',
      'tasks: [{ id: t, models: [mock/a, mock/b], prompt: hi }, { model: mock/a, needs: [t], prompt: "{{ needs.t.output }}" }]',
      '`needs.t`',
    ],
  ])('%s', async (_, manifest, said) => {
    const cwd = folder({ 'm.yaml': manifest });
    const run = await volley(['validate', 'm.yaml'], { cwd });
    expect(run.code).toBe(2);
    expect(run.stdout).toContain(said);
    expect(run.stdout).toMatch(/: 1 error\n$/);
  });

  test.each<[string, string, string[]]>([
    [
      'a task’s `model` replaces the `models` of defaults',
      `${TWO}tasks: [{ id: t, model: mock/a, prompt: hi }]`,
      ['t'],
    ],
    [
      'a task’s `models` replaces the `model` of defaults',
      'defaults: { model: mock/a }\ntasks: [{ id: t, models: [mock/b], prompt: hi }]',
      ['t@model=mock/b'],
    ],
  ])('but %s', async (_, manifest, ids) => {
    const records = await ran(folder({ 'm.yaml': manifest }));
    expect(records.map(({ id }) => id)).toEqual(ids);
  });
});
