import { expect, test } from 'vitest';
import { folder, recordsIn, volley } from '../support/cli.ts';
import { planIn } from '../support/check-schema.ts';
import { askedSchema } from '../support/schema-form.ts';
import type { Behaviour, TestServer } from '../support/server.ts';
import { promptOf } from '../support/wires.ts';
import { providerOn, QUICK_MOCK, served, WITH_KEY } from './served.ts';

const REFUSAL: Behaviour = { kind: 'answer', text: 'No.', stopReason: 'refusal' };
const NO_CREDIT: Behaviour = { kind: 'error', status: 402, type: 'billing_error' };

interface Servers {
  readonly first: TestServer;
  readonly second: TestServer;
}

/** Three tasks for `first/small` (Anthropic), with the fallback `second/large` (Responses). */
function manifest(
  { first, second }: Servers,
  parts: { readonly task?: object; readonly [key: string]: unknown } = {},
): string {
  const { task, ...rest } = parts;
  return JSON.stringify({
    defaults: { model: ['first/small', 'second/large'], max_tokens: 50 },
    providers: { first: providerOn(first, 'anthropic'), second: providerOn(second, 'responses') },
    tasks: [{ id: 't', for_each: ['one', 'two', 'three'], prompt: '{{ item }}', ...task }],
    ...rest,
  });
}

test('another model answers what the first one refuses, and the record has both with their costs', async () => {
  const first = await served({
    respond: (request) => (promptOf(request) === 'two' ? REFUSAL : { kind: 'answer' }),
  });
  const second = await served();
  const usd = { input: 0, output: 1_000_000 };
  const prices = { 'first/small': usd, 'second/large': usd };
  const cwd = folder({ 'm.yaml': manifest({ first, second }, { prices }) });
  const run = await volley(['run', 'm.yaml'], { ...WITH_KEY, cwd });
  expect(run.code).toBe(0);
  const records = recordsIn(run.stdout).toSorted((one, other) => one.index - other.index);
  expect(records).toMatchObject([
    { id: 't@one', provider: 'first', model: 'small', attempts: 1, cost_usd: 3 },
    {
      id: 't@two',
      output: 'echo: two',
      provider: 'second',
      model: 'large',
      attempts: 2,
      cost_usd: 1 + 3,
      tried: [
        { provider: 'first', model: 'small', attempts: 1, cost_usd: 1, error: { code: 'REFUSED' } },
      ],
    },
    { id: 't@three', provider: 'first' },
  ]);
  expect(run.stderr).toContain(
    '→ t@two: REFUSED: the model refused to answer, continues with second/large',
  );
});

test("the plan's upper bound holds if every task is refused, paid for and sent to the next model", async () => {
  const usage = { input_tokens: 10, output_tokens: 50 };
  const first = await served({ respond: () => ({ ...REFUSAL, usage }) });
  const second = await served({ respond: () => ({ kind: 'answer', usage }) });
  const usd = { input: 1, output: 1_000_000 };
  const prices = { 'first/small': usd, 'second/large': usd };
  const cwd = folder({ 'm.yaml': manifest({ first, second }, { prices }) });
  const plan = planIn((await volley(['plan', 'm.yaml', '--json'], { cwd })).stdout);
  const run = await volley(['run', 'm.yaml'], { ...WITH_KEY, cwd });
  const spentUsd = recordsIn(run.stdout).reduce((sum, { cost_usd: cost }) => sum + (cost ?? 0), 0);
  expect(spentUsd).toBeGreaterThan(plan.models[0]?.cost_usd?.ceiling ?? Infinity);
  expect(spentUsd).toBeLessThanOrEqual(plan.total.cost_usd?.ceiling ?? 0);
});

test('tasks move on from a provider without credit, and the run succeeds', async () => {
  const first = await served({ respond: () => NO_CREDIT });
  const second = await served();
  const cwd = folder({ 'm.yaml': manifest({ first, second }) });
  const run = await volley(['run', 'm.yaml'], { ...WITH_KEY, cwd });
  expect(run.code).toBe(0);
  expect(recordsIn(run.stdout).map(({ provider }) => provider)).toEqual([
    'second',
    'second',
    'second',
  ]);
});

test('if no provider has credit, the exit code of the run says so', async () => {
  const first = await served({ respond: () => NO_CREDIT });
  const second = await served({ respond: () => NO_CREDIT });
  const cwd = folder({ 'm.yaml': manifest({ first, second }) });
  expect((await volley(['run', 'm.yaml'], { ...WITH_KEY, cwd })).code).toBe(4);
});

test('a resumed run keeps answers from any model in the list, and no others', async () => {
  const first = await served({
    respond: (request) => (promptOf(request) === 'two' ? REFUSAL : { kind: 'answer' }),
  });
  const second = await served();
  const servers = { first, second };
  const alone = manifest(servers, { task: { model: 'first/small' } });
  const cwd = folder({ 'both.yaml': manifest(servers), 'alone.yaml': alone });
  const sent = () => [first.requests.length, second.requests.length];
  const run = (file: string, ...args: readonly string[]) =>
    volley(['run', file, '-o', 'out.jsonl', ...args], { ...WITH_KEY, cwd });

  await run('alone.yaml');
  expect(sent()).toEqual([3, 0]);
  // The answers of the first model stay; the task that it refused is sent again.
  await run('both.yaml', '--resume');
  expect(sent()).toEqual([4, 1]);
  await run('both.yaml', '--resume');
  expect(sent()).toEqual([4, 1]);
  // An answer from the second model does not count for the first.
  await run('alone.yaml', '--resume');
  expect(sent()).toEqual([5, 1]);
});

test('each model gets a schema in its own form', async () => {
  const first = await served({ respond: () => REFUSAL });
  const second = await served({ respond: () => ({ kind: 'answer', text: '{"a":1}' }) });
  const schema = { type: 'object', properties: { a: { type: 'integer', minimum: 0 } } };
  const cwd = folder({
    'm.yaml': manifest({ first, second }, { task: { schema, for_each: ['one'] } }),
  });
  const run = await volley(['run', 'm.yaml'], { ...WITH_KEY, cwd });
  expect(recordsIn(run.stdout)).toMatchObject([{ output: { a: 1 } }]);
  const forms = [...first.requests, ...second.requests].map(askedSchema);
  expect(forms).toMatchObject([
    { properties: { a: { type: 'integer' } } },
    { properties: { a: { type: ['integer', 'null'], minimum: 0 } }, required: ['a'] },
  ]);
});

test('every model in the list needs its key and, under a budget, its price', async () => {
  const first = await served();
  const second = await served();
  const servers = { first, second };
  const far = { type: 'anthropic', base_url: 'https://llm.example.com', api_key_env: 'FAR_KEY' };
  const providers = { first: providerOn(first, 'anthropic'), second: far };
  const usd = { input: 1, output: 1 };
  const cwd = folder({
    'key.yaml': manifest(servers, { providers }),
    'price.yaml': manifest(servers, {
      prices: { 'first/small': usd },
      budget: { max_cost_usd: 1 },
    }),
  });
  const options = { cwd, env: { ...WITH_KEY.env, VOLLEY_ALLOW_HOSTS: 'llm.example.com=FAR_KEY' } };
  const key = await volley(['run', 'key.yaml'], options);
  expect(key.code).toBe(4);
  expect(key.stderr).toContain('`FAR_KEY` is not set');
  const price = await volley(['run', 'price.yaml'], options);
  expect(price.code).toBe(3);
  expect(price.stderr).toContain('no price is known for `second/large`');
  expect(first.requests).toHaveLength(0);
});

test('`--model` replaces the whole list', async () => {
  const first = await served({ respond: () => REFUSAL });
  const second = await served();
  const cwd = folder({ 'm.yaml': manifest({ first, second }) });
  const run = await volley(['run', 'm.yaml', '--model', 'first/small'], { ...WITH_KEY, cwd });
  expect(run.code).toBe(1);
  expect(second.requests).toHaveLength(0);
});

test('JSON progress does not change the keys of an output', async () => {
  const tasks = [
    { prompt: 'hi', schema: { type: 'object', properties: { firstName: { const: 'A' } } } },
  ];
  const manifest = { providers: { mock: QUICK_MOCK }, defaults: { model: 'mock/small' }, tasks };
  const cwd = folder({ 'm.yaml': JSON.stringify(manifest) });
  const { stderr } = await volley(['run', 'm.yaml', '--progress', 'json'], { cwd });
  expect(stderr).toContain('"output":{"firstName":"A"}');
});

test('a task that needs an unsent task does not wait for it, and one that needs a moved task runs', async () => {
  const first = await served({ respond: () => NO_CREDIT });
  const second = await served();
  const both = ['first/small', 'second/large'];
  const tasks = [
    { id: 'alone', model: 'first/small', for_each: [1, 2, 3], prompt: '{{ item }}' },
    { id: 'after', model: both, needs: ['alone'], prompt: '{{ needs.alone | json }}' },
    { id: 'moved', model: both, prompt: 'hi' },
    { id: 'last', model: 'second/large', needs: ['moved'], prompt: '{{ needs.moved.output }}' },
  ];
  const cwd = folder({
    'm.yaml': manifest({ first, second }, { tasks, run: { max_concurrent: 1 } }),
  });
  const run = await volley(['run', 'm.yaml'], { ...WITH_KEY, cwd });
  expect(run.code).toBe(4);
  const records = recordsIn(run.stdout);
  expect(records.find(({ id }) => id === 'last')).toMatchObject({ output: 'echo: echo: hi' });
  expect(records.filter(({ id }) => id.startsWith('alone')).length).toBeLessThan(3);
});
