import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, recordsIn, shell, volley, type CliResult } from '../support/cli.ts';
import type { TestServer } from '../support/server.ts';
import { manifestOn, served } from './served.ts';

/** One answer costs $0.01 at the caller's price. */
const USAGE = { prompt_tokens: 10, completion_tokens: 1_000, total_tokens: 1_010 };
const CALLERS_PRICES = 'local/small: { input: 0, output: 10 }\n';

function answering(): Promise<TestServer> {
  return served({ respond: () => ({ kind: 'answer', text: 'four', usage: USAGE }) });
}

interface Parts {
  readonly params?: object;
  readonly prices?: object;
  readonly budget?: object;
}

function checkout(server: TestServer, { params, prices, budget }: Parts): string {
  const manifest = manifestOn(server, {
    provider: { api_key_env: undefined, limits: { concurrency: 8 } },
    defaults: { model: 'local/small', max_tokens: 1_000, max_retries: 0, params },
    prices,
    budget,
    tasks: [{ id: 'a', repeat: 40, prompt: 'hi' }],
  });
  return folder({ 'm.yaml': manifest, 'prices.yaml': CALLERS_PRICES });
}

const CAP = ['--max-cost-usd', '0.05'];
const PRICED = ['--prices', 'prices.yaml'];

describe("the caller's cap", () => {
  test.each<[string, Parts]>([
    ['a manifest without prices', {}],
    ['a manifest with prices of 0', { prices: { 'local/small': { input: 0, output: 0 } } }],
    [
      'a manifest with tiny prices',
      { prices: { 'local/small': { input: 0.0001, output: 0.0001 } } },
    ],
    [
      'a manifest with a price for the bare model name',
      { prices: { small: { input: 0, output: 0 } } },
    ],
    [
      'a manifest with free tiers',
      { prices: { 'local/small': { input: 0, output: 10, above: { 1: { output: 0 } } } } },
    ],
    ['a manifest with its own budget', { budget: { max_cost_usd: 100 } }],
  ])('applies to %s', async (_, parts) => {
    const server = await answering();
    const cwd = checkout(server, parts);
    const run = await volley(['run', 'm.yaml', ...CAP, ...PRICED], { cwd });
    expect(run.code).toBe(3);
    expect(server.requests.length).toBeGreaterThan(0);
    expect(server.requests.length).toBeLessThanOrEqual(5);
  });

  test('allows less if a manifest makes the model more expensive', async () => {
    const server = await answering();
    const cwd = checkout(server, { prices: { 'local/small': { input: 0, output: 25 } } });
    const run = await volley(['run', 'm.yaml', ...CAP, ...PRICED], { cwd });
    expect(server.requests).toHaveLength(2);
    // Records use the caller's price.
    expect(recordsIn(run.stdout).map(({ cost_usd: cost }) => cost)).toEqual([0.01, 0.01]);
  });

  test('ignores a price that is only in the manifest, unless the printed flag allows it', async () => {
    const server = await answering();
    const cwd = checkout(server, { prices: { 'local/small': { input: 0, output: 10 } } });
    const refused = await volley(['run', 'm.yaml', ...CAP], { cwd });
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(
      'only the manifest gives a price for `local/small`, but `--max-cost-usd` is set',
    );
    expect(server.requests).toEqual([]);
    const [flag = ''] = /--trust-prices/.exec(refused.stderr) ?? [];
    const run = await shell(`volley run m.yaml ${CAP.join(' ')} ${flag}`, { cwd });
    expect(run.code).toBe(3);
    expect(server.requests).toHaveLength(5);
  });

  test.each(['response_format', 'text', 'output_config'])(
    'includes the schema that `%s` in `params` adds to each request',
    async (name) => {
      const server = await served({
        respond: ({ text }) => ({
          kind: 'answer',
          text: '{}',
          usage: { prompt_tokens: Math.ceil(text.length / 4), completion_tokens: 1 },
        }),
      });
      const params = { [name]: { schema: { enum: Array<string>(2_000).fill('one of many') } } };
      const cwd = checkout(server, { params });
      writeFileSync(join(cwd, 'prices.yaml'), 'local/small: { input: 2, output: 0 }\n');
      // A request costs $0.014, or up to twice that if a token is shorter.
      const run = await volley(['run', 'm.yaml', ...CAP, ...PRICED], { cwd });
      expect(run.code).toBe(3);
      expect(server.requests.length).toBeGreaterThan(0);
      expect(server.requests.length).toBeLessThanOrEqual(3);
    },
  );

  test("does not change which prices a manifest's own budget uses", async () => {
    const server = await answering();
    const prices = { 'local/small': { input: 0, output: 0.1 } };
    const cwd = checkout(server, { prices, budget: { max_cost_usd: 0.05 } });
    expect((await volley(['run', 'm.yaml'], { cwd })).code).toBe(0);
    expect(server.requests).toHaveLength(40);
  });

  test('is compared with the cost in `plan`', async () => {
    const server = await answering();
    const cwd = checkout(server, { prices: { 'local/small': { input: 0, output: 0 } } });
    const plan = await volley(['plan', 'm.yaml', ...CAP, ...PRICED], { cwd });
    expect(plan.code).toBe(3);
    const shipped = { defaults: { model: 'openai/gpt-6.1-sol', max_tokens: 100_000 } };
    const manifest = {
      ...shipped,
      prices: { 'openai/gpt-6.1-sol': { input: 0, output: 0 } },
      tasks: [{ repeat: 40, prompt: 'hi' }],
    };
    writeFileSync(join(cwd, 'shipped.yaml'), JSON.stringify(manifest));
    const lowered = await volley(['plan', 'shipped.yaml', '--max-cost-usd', '0.01'], { cwd });
    expect(lowered.code).toBe(3);
    expect(lowered.stdout).toContain('above the budget of $0.010');
    const untrusted = await volley(['plan', 'm.yaml', ...CAP], { cwd });
    expect(untrusted.code).toBe(3);
    expect(untrusted.stderr).toContain('--trust-prices');
  });
});

describe('without a cap in CI', () => {
  test('the warning says what a run may cost, whatever prices the manifest gives', async () => {
    const server = await answering();
    const cwd = checkout(server, { prices: { 'local/small': { input: 0, output: 0 } } });
    const told = async (...flags: readonly string[]): Promise<CliResult> =>
      volley(['run', 'm.yaml', ...flags], { cwd, env: { CI: 'true' } });
    expect((await told(...PRICED)).stderr).toContain('this run may cost up to $0.40');
    expect((await told()).stderr).toContain('nothing limits what this run may cost');
  });
});

describe('params', () => {
  test.each([
    { max_output_tokens: null },
    { max_output_tokens: '100000' },
    { max_output_tokens: 0 },
    { max_completion_tokens: 5 },
    { maxOutputTokens: 100_000 },
    { MAX_TOKENS: 100_000 },
    { num_predict: -1 },
    { n: 100 },
    { best_of: 20 },
    { stream: true },
    { model: 'gpt-9' },
    { messages: [] },
    { system: 'x' },
  ])('must not set what Volley sets: %j', async (params) => {
    const server = await answering();
    const cwd = checkout(server, { params });
    const run = await volley(['run', 'm.yaml'], { cwd });
    expect(run.code).toBe(2);
    const [name = ''] = Object.keys(params);
    expect(run.stderr).toContain(`PARAMETER_REFUSED: \`params\` must not contain \`${name}\``);
    expect(server.requests).toEqual([]);
  });

  test.each([
    ['tools', { tools: [{ type: 'web_search' }] }],
    ['modalities', { modalities: ['audio'] }],
    ['prediction', { prediction: { type: 'content', content: 'x' } }],
    ['provider', { provider: { order: ['dear'] } }],
    ['tomorrows_feature', { tomorrows_feature: true }],
  ])("that may change the price are refused under the caller's cap: %s", async (name, params) => {
    const server = await answering();
    const cwd = checkout(server, { params });
    const line = ['volley run m.yaml', ...CAP, ...PRICED].join(' ');
    const refused = await shell(line, { cwd });
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(`\`${name}\` in \`params\` may change what a request costs`);
    expect(server.requests).toEqual([]);
    const [, flag = ''] = /add `(--allow-param [^`]+)`/.exec(refused.stderr) ?? [];
    const run = await shell(`${line} ${flag}`, { cwd });
    expect(run.code).toBe(3);
    expect(server.requests).toHaveLength(5);
    expect(server.requests[0]?.body).toMatchObject(params);
  });

  test("that do not change the price are allowed under the caller's cap", async () => {
    const server = await answering();
    const params = {
      top_k: 3,
      seed: 1,
      user: 'me',
      logit_bias: {},
      response_format: { type: 'text' },
    };
    const cwd = checkout(server, { params });
    await volley(['run', 'm.yaml', ...CAP, ...PRICED], { cwd });
    expect(server.requests[0]?.body).toMatchObject(params);
  });
});
