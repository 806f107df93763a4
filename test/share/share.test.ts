import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { loadManifest, openShare, run, type ResultRecord, type RunShare } from '../../src/index.ts';
import { connect, playBudget } from './budget-play.ts';
import { NO_REDIS, startRedis, type TestRedis } from '../support/redis.ts';
import { startServer, type ServerOptions, type TestServer } from '../support/server.ts';

const KEY = 'sk-canary-share-0123456789abcdef';
const PROMPT = 'a prompt that no store may see';

let redis: TestRedis;

describe.skipIf(NO_REDIS !== '')(`runs that share one key${NO_REDIS}`, () => {
  beforeAll(async () => {
    redis = await startRedis();
    // The modules that the first request loads would otherwise delay the first requests of a test.
    await together(1, await serve(), { tasks: 1 });
  });
  afterAll(async () => {
    for (const server of servers) await server.close();
    await redis.close();
  });

  test('together stay within a declared concurrency, and each gets its share', async () => {
    const server = await serve({ latencyMs: 40 });
    const runs = await together(3, server, { limits: { concurrency: 4 }, tasks: 30 });
    expect(server.highestConcurrency()).toBe(4);
    expect(runs.map(succeeded)).toEqual([30, 30, 30]);
    const half = server.requests.slice(0, 45).map(({ text }) => /run-\d/.exec(text)?.[0]);
    for (const name of ['run-0', 'run-1', 'run-2']) {
      expect(half.filter((each) => each === name).length).toBeGreaterThan(5);
    }
  });

  test('together stay within a declared rate', async () => {
    const server = await serve();
    await together(3, server, { limits: { rps: 10 }, tasks: 10 });
    expect(secondsOf(server)).toBeGreaterThan(1.8);
  });

  test('all pause when one of them is refused', async () => {
    let refusedMs: number | undefined;
    const server = await serve({
      latencyMs: 30,
      respond({ atMs }, n) {
        if (n !== 12) return { kind: 'answer' };
        refusedMs = atMs;
        return { kind: 'error', status: 429, headers: { 'retry-after': '1' } };
      },
    });
    const runs = await together(3, server, { limits: { concurrency: 6 }, tasks: 12 });
    expect(runs.map(succeeded)).toEqual([12, 12, 12]);
    const pause = server.requests.filter(
      ({ atMs }) => refusedMs !== undefined && atMs > refusedMs + 100 && atMs < refusedMs + 950,
    );
    expect(pause).toEqual([]);
  });

  test('spend from one budget, and no more than it allows', async () => {
    const server = await serve();
    const budget = { name: 'nightly', maxCostUsd: 0.004 };
    const runs = await together(4, server, { tasks: 12, budget });
    const costs = runs.flat().map(({ cost_usd: cost }) => cost ?? NaN);
    const spent = costs.reduce((sum, cost) => sum + cost, 0);
    expect(spent).toBeLessThanOrEqual(budget.maxCostUsd);
    expect(spent).toBeGreaterThan(budget.maxCostUsd - 0.0012);
    const later = await together(1, server, { tasks: 12, budget });
    expect(succeeded(later[0] ?? [])).toBeLessThan(3);
  });

  test('never spend more than a shared budget, in whatever order they spend, and whichever of them dies', async () => {
    const stores = await Promise.all([1, 2, 3, 4].map(() => connect(redis.url)));
    for (let seed = 1; seed <= 25; seed += 1) {
      const { spentUsd, maxCostUsd, covered } = await playBudget(stores, seed);
      expect(spentUsd, `seed ${seed}`).toBeLessThanOrEqual(maxCostUsd + 1e-6);
      expect(covered).toBeGreaterThan(3);
    }
    await Promise.all(stores.map((store) => store.close()));
  });

  test('stay within the limit and lose nothing, both while the store is lost and after it is back', async () => {
    const own = await startRedis();
    onTestFinished(() => own.close());
    const server = await serve();
    const running = together(3, server, { limits: { rps: 8 }, tasks: 20, url: own.url });
    await until(() => server.requests.length >= 12);
    await own.kill();
    await until(() => server.requests.length >= 28);
    await own.start();
    const runs = await running;
    expect(runs.map(succeeded)).toEqual([20, 20, 20]);
    expect(secondsOf(server)).toBeGreaterThan(6.3);
  });

  test('leave neither keys nor prompts in the store, and nothing that does not expire', async () => {
    const server = await serve({
      respond: (_, n) =>
        n === 3
          ? { kind: 'error', status: 429, message: `no ${KEY}`, headers: { 'retry-after': '0' } }
          : { kind: 'answer' },
    });
    await together(2, server, { tasks: 5, budget: { name: 'a-name', maxCostUsd: 5 } });
    const { Redis } = await import('ioredis');
    const client = new Redis(redis.url);
    onTestFinished(() => client.disconnect());
    const names = await client.keys('*');
    expect(names.length).toBeGreaterThan(3);
    const texts = await Promise.all(
      names.map(async (name) => {
        expect(await client.pttl(name), name).toBeGreaterThan(0);
        const kind = await client.type(name);
        if (kind === 'hash') return [name, await client.hgetall(name)];
        return [
          name,
          kind === 'stream'
            ? await client.xrange(name, '-', '+')
            : await client.zrange(name, '0', '-1'),
        ];
      }),
    );
    const all = JSON.stringify(texts);
    for (const secret of [KEY, PROMPT, 'a-name', 'prices']) expect(all).not.toContain(secret);
  });
});

const servers: TestServer[] = [];

async function serve(options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

interface Together {
  readonly limits?: object;
  readonly tasks: number;
  readonly budget?: { readonly name: string; readonly maxCostUsd: number };
  readonly url?: string;
}

/** Runs several volleys at the same time, as processes would: each has its own connections. */
function together(count: number, server: TestServer, options: Together): Promise<ResultRecord[][]> {
  const { limits, tasks, budget, url = redis.url } = options;
  return Promise.all(
    Array.from({ length: count }, async (_, place) => {
      const share: RunShare = await openShare(url, budget && { budget: budget.name });
      const manifest = {
        prices: { 'local/small': { input: 1, output: 10 } },
        defaults: { model: 'local/small', max_tokens: 100, max_retries: 1 },
        providers: {
          local: {
            type: 'openai',
            api: 'chat',
            base_url: server.openaiUrl,
            api_key_env: 'LOCAL_KEY',
            ...(limits && { limits }),
          },
        },
        ...(budget && { budget: { max_cost_usd: budget.maxCostUsd } }),
        tasks: [
          {
            id: 'note',
            matrix: { n: Array.from({ length: tasks }, (_, n) => n) },
            prompt: `run-${place} {{ matrix.n }} ${PROMPT}`,
          },
        ],
      };
      const loaded = await loadManifest('share.yaml', { text: JSON.stringify(manifest) });
      const host = new URL(server.origin).host;
      const records: ResultRecord[] = [];
      const events = run(loaded, {
        share,
        environment: { LOCAL_KEY: KEY },
        allowHosts: [`${host}=LOCAL_KEY`],
      });
      for await (const event of events) {
        if (event.type === 'task_finished') records.push(event.record);
      }
      await share.close();
      return records;
    }),
  );
}

/**
 * The seconds from the first request to the last. Requests that a limit allows at once come first,
 * so this is one second less.
 */
function secondsOf({ requests }: TestServer): number {
  return ((requests.at(-1)?.atMs ?? 0) - (requests[0]?.atMs ?? 0)) / 1_000;
}

function succeeded(records: readonly ResultRecord[]): number {
  return records.filter(({ status }) => status === 'succeeded').length;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
