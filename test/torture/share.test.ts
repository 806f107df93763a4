import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/ports/random.ts';
import { connect, playBudget } from '../share/budget-play.ts';
import { ended, folder, startVolley } from '../support/cli.ts';
import { NO_REDIS, startRedis } from '../support/redis.ts';
import { startServer } from '../support/server.ts';

/**
 * The number of schedules for the library and for the command; `VOLLEY_TEST_BUDGETS=1000` plays
 * 1,000 and 50.
 */
const SCHEDULES = Number(process.env['VOLLEY_TEST_BUDGETS'] ?? 200);
const COMMANDS = Math.ceil(SCHEDULES / 20);

const USAGE = { prompt_tokens: 100, completion_tokens: 90, total_tokens: 190 };
const ANSWER_USD = (100 * 1 + 90 * 10) / 1e6;

describe.skipIf(NO_REDIS !== '')(`a shared budget${NO_REDIS}`, () => {
  test('is never exceeded by four long-lived runs, whatever the schedule', async () => {
    const redis = await startRedis();
    const stores = await Promise.all([1, 2, 3, 4].map(() => connect(redis.url)));
    try {
      for (let seed = 1_001; seed <= 1_000 + SCHEDULES; seed += 1) {
        const { spentUsd, maxCostUsd } = await playBudget(stores, seed);
        expect(spentUsd, `seed ${seed}`).toBeLessThanOrEqual(maxCostUsd + 1e-6);
      }
    } finally {
      await Promise.all(stores.map((store) => store.close()));
      await redis.close();
    }
  }, 3_600_000);

  test('is never exceeded by the command, even if a run is killed', async () => {
    const redis = await startRedis();
    let totalUsd = 0;
    try {
      for (let seed = 1; seed <= COMMANDS; seed += 1) {
        const { billedUsd, maxCostUsd } = await playCommands(redis.url, seed);
        expect(billedUsd, `seed ${seed}`).toBeLessThanOrEqual(maxCostUsd);
        totalUsd += billedUsd;
      }
      // A run that is killed before it sends may hold the whole of one small budget.
      expect(totalUsd).toBeGreaterThan(0);
    } finally {
      await redis.close();
    }
  }, 3_600_000);
});

/** Runs three shards at the same time, and kills one of them at a random moment. */
async function playCommands(url: string, seed: number) {
  const random = seededRandom(seed);
  const maxCostUsd = Math.round((0.005 + random() * 0.02) * 1_000) / 1_000;
  const server = await startServer({
    latencyMs: 10 + random() * 60,
    respond: () => ({ kind: 'answer', usage: USAGE }),
  });
  const cwd = folder({
    'volley.yaml': JSON.stringify({
      defaults: { model: 'local/small', max_tokens: 100, max_retries: 1 },
      prices: { 'local/small': { input: 1, output: 10 } },
      providers: { local: { type: 'openai', api: 'chat', base_url: server.openaiUrl } },
      tasks: [
        {
          id: 'note',
          for_each: Array.from({ length: 60 }, (_, at) => `${'a longer prompt '.repeat(30)}${at}`),
          prompt: '{{ item }}',
        },
      ],
    }),
  });
  const flags = [
    '--share',
    url,
    '--share-budget',
    `run-${seed}`,
    '--max-cost-usd',
    `${maxCostUsd}`,
  ];
  const trusted = ['--trust-prices', '--max-work', '10m', '-q'];
  const runs = [1, 2, 3].map((part) => {
    const own = ['--shard', `${part}/3`, '-o', `part-${part}.jsonl`];
    return startVolley(['run', ...flags, ...trusted, ...own], { cwd });
  });
  const dying = runs[Math.floor(random() * 3)];
  const timer = setTimeout(() => dying?.kill('SIGKILL'), 300 + random() * 1_500);
  const results = await Promise.all(runs.map((child) => ended(child)));
  clearTimeout(timer);
  for (const { code, stderr } of results) expect([0, 3, null], stderr).toContain(code);
  const billedUsd = server.requests.length * ANSWER_USD;
  await server.close();
  return { billedUsd, maxCostUsd };
}
