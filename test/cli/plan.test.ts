import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { folder, recordsIn, shell, volley } from '../support/cli.ts';
import { planIn } from '../support/check-schema.ts';
import type { Behaviour } from '../support/server.ts';
import { manifestOn, prompts, providerOn, served, WITH_KEY } from './served.ts';

/** Two models that nobody here has a key for, with prices that are easy to multiply. */
const MANIFEST = {
  defaults: { model: 'anthropic/claude-haiku-5-5', max_tokens: 300 },
  providers: { anthropic: { limits: { otpm: '1k', concurrency: 8 } } },
  prices: {
    'anthropic/claude-haiku-5-5': { input: 1, output: 10 },
    'openai/gpt-6.1-sol': { input: 2, output: 20 },
  },
  tasks: [
    {
      id: 'many',
      for_each: Array.from({ length: 50 }, (_, at) => `row ${at}`),
      prompt: '{{ item }}',
    },
    { id: 'one', model: 'openai/gpt-6.1-sol', prompt: 'Sum up.' },
  ],
};

function written(parts: object = {}): string {
  return folder({ 'volley.yaml': JSON.stringify({ ...MANIFEST, ...parts }) });
}

/** Makes the command exit with code 99 if anything asks for a connection. */
const OFFLINE = {
  NO_NETWORK: '1',
  ANTHROPIC_API_KEY: 'sk-ant-0123456789',
  OPENAI_API_KEY: 'sk-0123456789',
};

describe('plan', () => {
  it('shows requests, cost and duration in 80 columns, without a key', async () => {
    const run = await volley(['plan', 'volley.yaml'], { cwd: written() });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toBe(
      [
        'volley.yaml: 51 tasks to send',
        '',
        'model                       tasks  input   output              cost     time',
        'anthropic/claude-haiku-5-5     50    550       5k            $0.051    4m 6s',
        '                                            ≤ 15k      $0.013–$0.15     otpm',
        'openai/gpt-6.1-sol              1     10      100           $0.0020     1.8s',
        '                                            ≤ 300  $0.00050–$0.0061  latency',
        'total                          51    560     5.1k            $0.053    4m 6s',
        '                                          ≤ 15.3k      $0.013–$0.16     otpm',
        '',
        'If every retry were needed and paid for, up to $0.47 more.',
        'The time assumes 0.6 s plus 12 ms per token for each answer.',
        'Nothing was sent.',
        '',
      ].join('\n'),
    );
  });

  it('prints the same as JSON that matches its schema', async () => {
    const run = await volley(['plan', 'volley.yaml', '--json'], { cwd: written() });
    const plan = planIn(run.stdout);
    expect(plan.models.map(({ model, tasks }) => [model, tasks])).toEqual([
      ['anthropic/claude-haiku-5-5', 50],
      ['openai/gpt-6.1-sol', 1],
    ]);
    expect(plan).toMatchObject({
      v: 1,
      manifest: 'volley.yaml',
      total: { tasks: 51, output_tokens: { expected: 5100, ceiling: 15_300 }, bound_by: 'otpm' },
      already_done: 0,
      prices_as_of: null,
      warnings: [],
    });
    const again = await volley(['run', 'volley.yaml', '--dry-run', '--json'], { cwd: written() });
    expect(again.stdout).toBe(run.stdout);
  });

  it.each([
    ['plan', 'volley.yaml'],
    ['run', 'volley.yaml', '--dry-run'],
    ['ask', '-m', 'anthropic/claude-haiku-5-5', 'hi', '--dry-run'],
  ])('never opens a connection: %s %s %s', async (...args) => {
    const run = await volley(args, { cwd: written(), env: OFFLINE });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('Nothing was sent.\n');
  });

  test("is watched by a check that catches a run's connection", async () => {
    const run = await volley(['run', 'volley.yaml'], { cwd: written(), env: OFFLINE });
    expect(run.code).toBe(99);
  });

  it('skips tasks with an answer in the results file, learns from them, and changes nothing', async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 40, total_tokens: 50 };
    const server = await served({ respond: () => ({ kind: 'answer', text: 'four', usage }) });
    const manifest = (tasks: number): string =>
      manifestOn(server, {
        defaults: { model: 'local/small', max_tokens: 900 },
        prices: { 'local/small': { input: 1, output: 10 } },
        tasks: [{ id: 'each', for_each: prompts(tasks), prompt: '{{ item }}' }],
      });
    const cwd = folder({ 'three.yaml': manifest(3), 'ten.yaml': manifest(10) });
    await volley(['run', 'three.yaml', '-o', 'out.jsonl'], { ...WITH_KEY, cwd });
    const before = readFileSync(join(cwd, 'out.jsonl'), 'utf8');
    expect(recordsIn(before)).toHaveLength(3);
    const run = await volley(['plan', 'ten.yaml', '-o', 'out.jsonl', '--json'], { cwd });
    expect(planIn(run.stdout)).toMatchObject({
      total: { tasks: 7, output_tokens: { expected: 280, ceiling: 6300 } },
      already_done: 3,
    });
    expect(server.requests).toHaveLength(3);
    expect(readFileSync(join(cwd, 'out.jsonl'), 'utf8')).toBe(before);
    const anew = await volley(['plan', 'ten.yaml', '-o', 'out.jsonl', '--overwrite', '--json'], {
      cwd,
    });
    expect(planIn(anew.stdout)).toMatchObject({ total: { tasks: 10 }, already_done: 0 });
  });

  it('exits with 3 if even the expected cost is above the budget', async () => {
    const run = await volley(['plan', 'volley.yaml', '--max-cost-usd', '0.05'], { cwd: written() });
    expect(run.code).toBe(3);
    expect(run.stdout).toContain(
      'Warning: the expected cost of $0.053 is above the budget of $0.050.\n',
    );
  });

  it('counts every model of a list in its upper bounds, and nowhere else', async () => {
    const parts = {
      defaults: { model: ['anthropic/claude-haiku-5-5', 'openai/gpt-6.1-sol'], max_tokens: 300 },
      tasks: [{ id: 'each', for_each: ['a', 'b'], prompt: '{{ item }}' }],
    };
    const run = await volley(['plan', 'volley.yaml', '--json'], { cwd: written(parts) });
    const { models, total } = planIn(run.stdout);
    const [first, second] = models;
    expect(models).toMatchObject([
      { tasks: 2, output_tokens: { expected: 200, ceiling: 600 } },
      {
        model: 'openai/gpt-6.1-sol',
        tasks: 0,
        input_tokens: 0,
        output_tokens: { expected: 0, ceiling: 600 },
        duration_ms: 0,
        bound_by: null,
      },
    ]);
    // 600 tokens at $10 per million, and at $20. The input costs little.
    expect(first?.cost_usd?.ceiling).toBeCloseTo(0.006, 3);
    expect(second?.cost_usd).toMatchObject({ low: 0, expected: 0 });
    expect(second?.cost_usd?.ceiling).toBeCloseTo(0.012, 3);
    expect(total.cost_usd?.expected).toBe(first?.cost_usd?.expected);
    expect(total.cost_usd?.ceiling).toBeCloseTo(0.018, 3);
    const text = await volley(['plan', 'volley.yaml'], { cwd: written(parts) });
    expect(text.stdout).toContain(
      'Upper bounds assume that every model in a list is paid for every task.\n',
    );
  });

  it('has no upper bound if the price of a fallback is unknown', async () => {
    const cwd = written({
      defaults: { model: ['openai/gpt-6.1-sol', 'openai/gpt-9'], max_tokens: 300 },
      tasks: ['hi'],
    });
    const run = await volley(['plan', 'volley.yaml', '--json'], { cwd });
    const plan = planIn(run.stdout);
    expect(plan.total.cost_usd).toMatchObject({ expected: expect.any(Number), ceiling: null });
    expect(plan.warnings).toContain(
      'no price is known for `openai/gpt-9`: set one with `prices:` or `--prices FILE`',
    );
  });

  it('predicts how long dependent steps take in a run', async () => {
    const cwd = folder({
      'm.yaml': JSON.stringify({
        providers: { mock: { type: 'mock', limits: { concurrency: 4 }, mock: { latency: '1s' } } },
        defaults: { model: 'mock/small' },
        tasks: [
          { id: 'review', for_each: [1, 2, 3, 4, 5, 6, 7, 8], prompt: '{{ item }}' },
          { id: 'fix', for_each: { needs: 'review' }, model: 'mock/large', prompt: '{{ item }}' },
          { id: 'report', needs: 'fix', prompt: 'report' },
        ],
      }),
    });
    const run = await volley(['plan', 'm.yaml', '--json'], { cwd });
    const plan = planIn(run.stdout);
    const simulated = await volley(['run', 'm.yaml', '--simulate', '--json'], { cwd });
    expect(simulated.stdout).toContain(`"duration_ms": ${plan.total.duration_ms}`);
    // Two rounds of reviews, the fixes of the second one, and the report.
    expect(plan.total).toMatchObject({ tasks: 17, duration_ms: 4000 });
  });

  it('warns if only the upper bound is above the budget', async () => {
    const run = await volley(['plan', 'volley.yaml', '--max-cost-usd', '0.10'], { cwd: written() });
    expect(run.code).toBe(0);
    expect(run.stdout).toContain(
      'Warning: the cost may reach $0.16, above the budget of $0.10: the run would then stop.\n',
    );
  });

  it('shows the plan of a run that the budget refuses, and why', async () => {
    const cwd = written({
      prices: {},
      defaults: { model: 'local/x' },
      providers: { local: { type: 'openai', base_url: 'http://127.0.0.1:1/v1' } },
    });
    const run = await volley(['plan', 'volley.yaml', '--max-cost-usd', '1'], { cwd });
    expect(run.code).toBe(3);
    expect(run.stdout).toContain('unknown');
    expect(run.stderr).toContain('no price is known for `local/x`, but a budget is set');
  });

  it('warns of what would fail', async () => {
    const cwd = written({
      defaults: { model: 'anthropic/claude-haiku-5-5', max_tokens: 3000, timeout: '5s' },
      providers: { anthropic: { limits: { itpm: 10 } } },
      run: { timeout: '1s' },
      tasks: ['a prompt of many words that does not fit into the limit at all', 'hi'],
    });
    const run = await volley(['plan', 'volley.yaml', '--json'], { cwd });
    expect(planIn(run.stdout).warnings).toEqual([
      '1 task for `anthropic/claude-haiku-5-5` would fail: larger than a declared limit allows',
      'answers to `task-1` may take 12.6s, longer than its timeout of 5.0s',
      'answers to `task-2` may take 12.6s, longer than its timeout of 5.0s',
      'the run would take 5.0s, longer than its timeout of 1.0s',
    ]);
  });

  it('does not guess the cost of a model without a price', async () => {
    const cwd = folder({
      'volley.yaml': JSON.stringify({ tasks: [{ model: 'ollama/qwen3', prompt: 'hi' }] }),
    });
    const run = await volley(['plan', 'volley.yaml', '--json'], { cwd });
    const plan = planIn(run.stdout);
    expect(plan.total).toMatchObject({ cost_usd: null, output_tokens: { ceiling: null } });
    expect(plan.warnings).toEqual([
      'no price is known for `ollama/qwen3`: set one with `prices:` or `--prices FILE`',
    ]);
  });
});

describe('plan --exact', () => {
  const TASKS = { id: 'each', for_each: prompts(4), prompt: '{{ item }}' };

  it.each([
    ['anthropic', '/v1/messages/count_tokens', ['messages', 'model', 'system']],
    ['responses', '/v1/responses/input_tokens', ['input', 'instructions', 'model']],
  ] as const)('asks a server with the wire format %s at %s', async (wire, path, keys) => {
    const server = await counting();
    const provider = providerOn(server, wire);
    const manifest = manifestOn(server, {
      provider,
      context: 'Own.',
      defaults: { model: 'local/x', max_tokens: 9 },
      tasks: [TASKS],
    });
    const cwd = folder({ 'volley.yaml': manifest });
    const env = { ...WITH_KEY.env, XDG_CACHE_HOME: folder() };
    const run = await volley(['plan', 'volley.yaml', '--exact'], { cwd, env });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('4 requests were sent only to count tokens, which is free.\n');
    expect(server.requests.map((request) => request.path)).toEqual(prompts(4).map(() => path));
    expect(Object.keys(server.requests[0]?.body ?? {}).sort()).toEqual(keys);
    const flags = ['--dry-run=exact', '--json'];
    const again = await volley(['run', 'volley.yaml', ...flags], { cwd, env });
    expect(planIn(again.stdout).total.input_tokens).toBe(4 * 77);
    expect(server.requests).toHaveLength(8);
  });

  it('estimates what cannot be counted, and says so', async () => {
    const server = await counting({ kind: 'error', status: 404 });
    const provider = providerOn(server, 'anthropic');
    const cwd = folder({ 'volley.yaml': manifestOn(server, { provider, tasks: [TASKS] }) });
    const env = { ...WITH_KEY.env, XDG_CACHE_HOME: folder() };
    const run = await volley(['plan', 'volley.yaml', '--exact', '--json'], { cwd, env });
    const { total, warnings } = planIn(run.stdout);
    expect(total.input_tokens).toBeGreaterThan(4);
    expect(warnings.join()).toMatch(/requests? could not be counted, and (?:is|are) estimated: /);
  });

  it('sends nothing to a server that cannot count', async () => {
    const server = await counting();
    const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: [TASKS] }) });
    const run = await volley(['plan', 'volley.yaml', '--exact'], { ...WITH_KEY, cwd });
    expect(run.stdout).toContain('Nothing was sent');
    expect(server.requests).toEqual([]);
  });

  it('needs the key that it would send', async () => {
    const run = await volley(['plan', 'volley.yaml', '--exact'], { cwd: written() });
    expect(run).toMatchObject({ code: 4, stdout: '' });
  });
});

describe('plan --sample', () => {
  it('sends nothing, plans only the sample, and prints the commands for a plan from its answers', async () => {
    const { server, cwd } = await sampled();
    const words = ['plan', 'volley.yaml', '--sample', '21', '-j', '9', '--set', 'token=s3cret'];
    const run = await volley(words, { ...WITH_KEY, cwd });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(server.requests).toEqual([]);
    expect(run.stdout).toContain('volley.yaml: 21 tasks to send\n');
    expect(run.stdout).toContain(`Nothing was sent.

To base the plan on real answers, send this sample first:
  volley run volley.yaml --set token=… --max-concurrent 9 --sample 21 -o results.jsonl
  volley plan volley.yaml --set token=… --max-concurrent 9 -o results.jsonl
`);
  });

  it('leads to a plan for the rest with a confidence interval, and a run that sends only the rest', async () => {
    const { server, cwd } = await sampled();
    const at = { ...WITH_KEY, cwd };
    const { stdout } = await volley(['plan', 'volley.yaml', '--sample', '21', '-o', 'r.jsonl'], at);
    const [send = '', plan = ''] = stdout
      .split('\n')
      .flatMap((line) => /^ {2}(volley .*)/.exec(line)?.[1] ?? []);
    expect(await shell(`${send} -q`, at)).toMatchObject({ code: 0 });
    expect(server.requests).toHaveLength(21);
    const planned = await shell(`${plan} --json`, at);
    const { total, already_done: done } = planIn(planned.stdout);
    expect([total.tasks, done]).toEqual([80, 21]);
    // Half of the answers cost $0.04, half $0.06.
    expect(total.cost_usd?.expected).toBeCloseTo(4, 0);
    expect(total.cost_usd?.low).toBeGreaterThan(3.3);
    const text = await shell(plan, at);
    expect(text.stdout).toMatch(
      /\nBased on \d+ answers: \$3\.\d\d to \$4\.\d\d in total \(95% confidence if they are typical\)\.\n/,
    );
    const rest = await volley(['run', 'volley.yaml', '-o', 'r.jsonl', '--resume'], at);
    expect(rest.code).toBe(0);
    expect(server.requests).toHaveLength(101);
  });

  it('leaves out the results file if the manifest names one', async () => {
    const text = 'defaults: { model: mock/x }\noutput: own.jsonl\ntasks: [a, b, c]\n';
    const cwd = folder({ 'volley.yaml': text });
    const { stdout } = await volley(['plan', '--sample', '2', '--seed', '7'], { cwd });
    expect(stdout).toContain('\n  volley run --sample 2 --seed 7\n  volley plan\n');
  });
});

function usage(tokens: number) {
  return { prompt_tokens: 10, completion_tokens: tokens, total_tokens: 10 + tokens };
}

/** A hundred and one tasks whose answers cost $0.04 or $0.06. */
async function sampled() {
  const server = await served({
    respond: (_, n) => ({ kind: 'answer', text: 'four', usage: usage(40 + 20 * (n % 2)) }),
  });
  const manifest = manifestOn(server, {
    defaults: { model: 'local/small', max_tokens: 900 },
    prices: { 'local/small': { input: 0, output: 1000 } },
    vars: { token: '' },
    tasks: [{ id: 'each', for_each: prompts(100), prompt: '{{ item }}{{ vars.token }}' }, 'once'],
  });
  return { server, cwd: folder({ 'volley.yaml': manifest }) };
}

function counting(
  behaviour: Behaviour = { kind: 'reply', status: 200, body: '{"input_tokens":77}' },
) {
  return served({ respond: () => behaviour });
}
