import { expect, test } from 'vitest';
import type { Manifest } from '../../src/manifest/manifest.ts';
import type { RenderedTask } from '../../src/plan/task.ts';
import { manifestOf, memoryFiles, planned, rowsGlob, rowsList } from './support.ts';

test('a task becomes a request', async () => {
  const manifest = manifestOf(
    [
      {
        id: 'review',
        prompt:
          'Review {{ item }} for {{ matrix.lens }} ({{ vars.who }}, {{ task.id }}, {{ task.index }})',
        system: 'You look for {{ matrix.lens }}',
        parameters: { maxTokens: 5, params: { x: 1 } },
        forEach: rowsList(['a']),
        matrix: [{ lens: 'bugs' }, { lens: 'style' }],
      },
    ],
    { vars: { who: 'me' }, context: 'Shared' },
  );
  expect((await rendered(manifest))[1]).toEqual({
    ok: true,
    request: {
      model: { provider: 'mock', model: 'small' },
      context: 'Shared',
      system: 'You look for style',
      prompt: 'Review a for style (me, review@a,lens=style, 1)',
      parameters: { maxTokens: 5, params: { x: 1 } },
    },
  });
});

test('the shared context can be omitted, and an empty system prompt is not sent', async () => {
  const manifest = manifestOf([{ useContext: false, system: '{{ vars.none }} ' }], {
    context: 'Shared',
    vars: { none: '' },
  });
  expect(await rendered(manifest)).toMatchObject([
    { ok: true, request: { context: undefined, system: undefined, prompt: 'Hello' } },
  ]);
});

test('the text of a file is only read if it is needed', async () => {
  const inner = memoryFiles({
    'src/a.ts': Uint8Array.of(0xef, 0xbb, 0xbf, 0x41, 0xc3, 0xbc),
    'src/b.ts': 'B',
  });
  const read: string[] = [];
  const files = { ...inner, read: (name: string) => (read.push(name), inner.read(name)) };
  const manifest = manifestOf([
    { prompt: '{{ item.path }}: {{ item.text }}', forEach: rowsGlob('src/*') },
    { prompt: 'Only {{ item.name }}', forEach: rowsGlob('src/*') },
  ]);
  const plan = await planned(manifest, files);
  read.length = 0;
  const prompts: unknown[] = [];
  for await (const task of plan.tasks()) {
    const result = await plan.render(task);
    prompts.push(result.ok ? [task.id, result.request.prompt] : result.failure);
  }
  expect(prompts).toEqual([
    ['task-1@src/a.ts', 'src/a.ts: Aü'],
    ['task-1@src/b.ts', 'src/b.ts: B'],
    ['task-2@src/a.ts', 'Only a.ts'],
    ['task-2@src/b.ts', 'Only b.ts'],
  ]);
  expect(read).toEqual(['src/a.ts', 'src/b.ts']);
});

test('a deleted file fails only its own task', async () => {
  const texts: Record<string, string> = { 'src/a.ts': 'A', 'src/b.ts': 'B' };
  const plan = await planned(
    manifestOf([{ prompt: '{{ item.text }}', forEach: rowsGlob('src/*') }]),
    memoryFiles(texts),
  );
  delete texts['src/a.ts'];
  const results: RenderedTask[] = [];
  for await (const task of plan.tasks()) results.push(await plan.render(task));
  expect(results).toMatchObject([
    {
      ok: false,
      failure: {
        code: 'TEMPLATE',
        message: 'there is no file `src/a.ts`',
        hint: 'look',
        retryable: false,
      },
    },
    { ok: true, request: { prompt: 'B' } },
  ]);
});

test('a value that is wrong in one row fails only that task, with the place in the text', async () => {
  const manifest = manifestOf([
    { prompt: '\n{{ item.a | upcase }}', forEach: rowsList([{ a: 'x' }, { a: { b: 1 } }]) },
  ]);
  expect(await rendered(manifest)).toMatchObject([
    { ok: true },
    {
      ok: false,
      failure: {
        code: 'TEMPLATE',
        message: 'prompt.md:2:1: an object cannot be used as text',
        hint: 'use one of its fields, or write `| json` after it',
      },
    },
  ]);
});

test('an empty prompt is never sent', async () => {
  expect(
    await rendered(manifestOf([{ prompt: ' {{ item.a }}\n', forEach: rowsList([{ a: '' }]) }])),
  ).toMatchObject([{ ok: false, failure: { code: 'TEMPLATE', message: 'the prompt is empty' } }]);
});

async function rendered(manifest: Manifest): Promise<RenderedTask[]> {
  const plan = await planned(manifest);
  const results: RenderedTask[] = [];
  for await (const task of plan.tasks()) results.push(await plan.render(task));
  return results;
}
