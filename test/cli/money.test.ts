import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, recordsIn, volley, type CliOptions } from '../support/cli.ts';
import { manifestOn, prompts, QUICK_MOCK, served, WITH_KEY } from './served.ts';

const USAGE = { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 };
const PRICES = { 'local/small': { input: 2, output: 10, cache_read: 0.5 } };

function answering(usage: object = USAGE) {
  return served({ respond: () => ({ kind: 'answer', text: 'four', usage: { ...usage } }) });
}

describe('the cost of a run', () => {
  it('is in each record, in the summary and in the last lines', async () => {
    const server = await answering({
      ...USAGE,
      prompt_tokens_details: { cached_tokens: 400 },
    });
    const cwd = folder({
      'volley.yaml': manifestOn(server, { prices: PRICES, tasks: prompts(3) }),
    });
    const run = await volley(['run', 'volley.yaml', '--summary-file', 's.json'], {
      ...WITH_KEY,
      cwd,
    });
    expect(run.code).toBe(0);
    // 600 × 2 + 400 × 0.5 + 200 × 10, per million.
    expect(recordsIn(run.stdout).map(({ cost_usd: cost }) => cost)).toEqual([
      0.0034, 0.0034, 0.0034,
    ]);
    const summary: unknown = JSON.parse(readFileSync(join(cwd, 's.json'), 'utf8'));
    expect(summary).toMatchObject({ cost_usd: 0.0102, cache_saved_usd: 0.0018 });
    expect(run.stderr).toContain('  Cost      $0.010\n');
    expect(run.stderr).toContain('  Cache     saved $0.0018\n');
  });

  it('is null if no price is known', async () => {
    const server = await answering();
    const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(1) }) });
    const run = await volley(['run', 'volley.yaml'], { ...WITH_KEY, cwd });
    expect(recordsIn(run.stdout).map(({ cost_usd: cost }) => cost)).toEqual([null]);
    expect(run.stderr).toContain('\n  Cost      unknown: add `prices` to the manifest');
  });

  it('uses prices from a file, which override the manifest', async () => {
    const server = await answering();
    const cwd = folder({
      'volley.yaml': manifestOn(server, {
        prices: { ...PRICES, 'local/large': { input: 1000, output: 1000 } },
        tasks: ['large', 'medium', 'small'].map((model) => ({
          prompt: model,
          model: `local/${model}`,
        })),
      }),
      'prices.yaml': [
        'as_of: 2026-11-01',
        'prices:',
        '  local/large: { input: 4, output: 20 }',
        '  local/medium: { input: 1, output: 10 }',
      ].join('\n'),
    });
    const run = await volley(['run', 'volley.yaml', '--prices', 'prices.yaml'], {
      ...WITH_KEY,
      cwd,
    });
    const costs = recordsIn(run.stdout).map(({ model, cost_usd: cost }) => [model, cost]);
    expect(Object.fromEntries(costs)).toEqual({ large: 0.008, medium: 0.003, small: 0.004 });
  });

  it('needs a valid price file, and each mistake in it is a finding', async () => {
    const server = await answering();
    const cwd = folder({
      'volley.yaml': manifestOn(server, { tasks: prompts(1) }),
      'prices.json': '{\n  "local/small": { "input": "cheap", "output": 1 }\n}\n',
    });
    const run = await volley(['run', 'volley.yaml', '--prices', 'prices.json'], {
      ...WITH_KEY,
      cwd,
    });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(
      'prices.json:2:29: error WRONG_TYPE: `input` must be a price in US dollars per million tokens, not the text `cheap`\n',
    );
    expect(server.requests).toEqual([]);
  });
});

describe('what `params` may add to the cost', () => {
  it.each<[string, object, boolean]>([
    ['a search', { tools: [{ type: 'web_search' }] }, true],
    ['an option for searches', { web_search_options: {} }, true],
    ['a function', { tools: [{ type: 'function', function: { name: 'f' } }] }, false],
    ["a function in Anthropic's form", { tools: [{ name: 'f', input_schema: {} }] }, false],
  ])('is mentioned by a plan and before a run: %s', async (_, params, isMentioned) => {
    const server = await answering();
    const cwd = folder({
      'volley.yaml': manifestOn(server, {
        prices: PRICES,
        tasks: [{ prompt: 'x', max_tokens: 100, params }],
      }),
    });
    const [name = ''] = Object.keys(params);
    const note = `the cost counts only tokens at the model's price: \`${name}\` in \`params\``;
    const run = await volley(['run', 'volley.yaml'], { ...WITH_KEY, cwd });
    expect(run.stderr.includes(note)).toBe(isMentioned);
    const plan = await volley(['plan', 'volley.yaml'], { cwd });
    expect(plan.stdout.includes(note)).toBe(isMentioned);
    expect(plan.stdout).toContain(`with \`${name}\` in \`params\` the cost of`);
  });
});

describe('a budget', () => {
  it('reports what was spent when it is used up, and the command to resume asks for more', async () => {
    const server = await answering();
    const parts = { prices: PRICES, defaults: { model: 'local/small', max_tokens: 200 } };
    const cwd = folder({ 'volley.yaml': manifestOn(server, { ...parts, tasks: prompts(4) }) });
    const args = [
      'run',
      'volley.yaml',
      '-o',
      'r.jsonl',
      '--trust-prices',
      '--max-cost-usd',
      '0.007',
    ];
    const run = await volley(args, { ...WITH_KEY, cwd });
    expect(run.code).toBe(3);
    expect(run.stderr).toContain(
      '\nvolley: $0.0040 of the $0.0070 budget is spent, and the next request may cost more than the rest: raise `--max-cost-usd`\n' +
        'volley: to continue: volley run volley.yaml -o r.jsonl --trust-prices --resume --max-cost-usd AMOUNT\n',
    );
  });

  it('ends the run with exit code 3 before it is exceeded', async () => {
    const server = await answering({ ...USAGE, prompt_tokens: 12, total_tokens: 212 });
    const cwd = folder({
      'volley.yaml': manifestOn(server, {
        prices: PRICES,
        defaults: { model: 'local/small', max_tokens: 250, max_retries: 0 },
        tasks: prompts(20),
      }),
    });
    const run = await volley(
      [
        'run',
        'volley.yaml',
        '--trust-prices',
        '--max-cost-usd',
        '0.03',
        '--summary-file',
        's.json',
      ],
      { ...WITH_KEY, cwd },
    );
    expect(run.code).toBe(3);
    const costs = recordsIn(run.stdout).map(({ cost_usd: cost }) => cost ?? Infinity);
    const spent = costs.reduce((sum, cost) => sum + cost, 0);
    expect(spent).toBeLessThanOrEqual(0.03);
    expect(server.requests).toHaveLength(costs.length);
    const summary: unknown = JSON.parse(readFileSync(join(cwd, 's.json'), 'utf8'));
    expect(summary).toMatchObject({
      stopped_by: 'budget',
      succeeded: costs.length,
      not_started: 20 - costs.length,
    });
    expect(run.stderr).toContain(
      `Stopped   the next request could exceed the budget, ${20 - costs.length} tasks not started\n`,
    );
  });

  it('refuses tasks with an unbounded cost, before anything is sent', async () => {
    const server = await answering();
    const cwd = folder({
      'volley.yaml': manifestOn(server, {
        budget: { max_task_cost_usd: 1 },
        tasks: ['one'],
      }),
    });
    const run = await volley(['run', 'volley.yaml'], { ...WITH_KEY, cwd });
    expect(run.code).toBe(3);
    expect(run.stderr).toContain(
      'error UNBOUNDED_COST: no price is known for `local/small`, but a budget is set\n',
    );
    expect(run.stderr).toContain('volley: the cost of one task has no limit, but a budget is set');
    expect(server.requests).toEqual([]);
  });

  it('is suggested in CI, with the highest possible cost, before anything is sent', async () => {
    const server = await answering();
    const parts = {
      defaults: { model: 'local/small', max_tokens: 250 },
      tasks: prompts(4),
    };
    const cwd = folder({
      'prices.yaml': 'local/small: { input: 0, output: 10 }\n',
      'volley.yaml': manifestOn(server, parts),
      'endless.yaml': manifestOn(server, { ...parts, defaults: { model: 'local/small' } }),
      'mock.yaml': JSON.stringify({
        providers: { mock: QUICK_MOCK },
        defaults: { model: 'mock/small' },
        tasks: prompts(4),
      }),
    });
    const inCi = { cwd, env: { ...WITH_KEY.env, CI: 'true' } };
    const told = async (args: readonly string[], options: CliOptions = inCi) => {
      const { code, stderr } = await volley(['run', ...args, '--prices', 'prices.yaml'], options);
      expect(code).toBe(0);
      return stderr.split('\n').find((line) => line.includes('no budget'));
    };
    expect(await told(['volley.yaml'])).toBe(
      'volley: no budget is set: this run may cost up to $0.010, and $0.030 more if every retry were paid; set `budget:` or `--max-cost-usd`',
    );
    expect(await told(['endless.yaml'])).toBe(
      'volley: no budget is set, and nothing limits what this run may cost: set `budget:` or `--max-cost-usd`',
    );
    expect(await told(['volley.yaml', '--max-cost-usd', '1'])).toBeUndefined();
    expect(await told(['mock.yaml'])).toBeUndefined();
    expect(await told(['volley.yaml'], { ...WITH_KEY, cwd })).toBeUndefined();
  });

  it.each(['free', '-1', '1e3', ''])('must be an amount, unlike `%s`', async (amount) => {
    const server = await answering();
    const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(1) }) });
    const run = await volley(['run', 'volley.yaml', `--max-cost-usd=${amount}`], {
      ...WITH_KEY,
      cwd,
    });
    expect(run.code).toBe(2);
    expect(run.stderr).toBe(
      `volley: \`--max-cost-usd ${amount}\` is not an amount in US dollars\n  hint: for example, write \`--max-cost-usd 2.50\`\n`,
    );
  });
});
