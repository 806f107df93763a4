import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Summary } from '../../src/results/summary.ts';
import { startServer } from '../../test/support/server.ts';
import { seededRandom } from '../random.ts';
import { markdownTable } from '../report/table.ts';
import { inFolder, volley } from './volley-command.ts';

interface Spending {
  readonly name: string;
  readonly capUsd: number;
  readonly spentUsd: number;
  readonly highest: number;
}

interface Case {
  readonly name: string;
  /** The share of attempts that fail and are sent again. */
  readonly errorRate: number;
  readonly capUsd: number;
}

const CASES: readonly Case[] = [
  { name: 'all answered', errorRate: 0, capUsd: 1 },
  { name: 'one in ten fails', errorRate: 0.1, capUsd: 1 },
  { name: 'a small budget', errorRate: 0, capUsd: 0.2 },
];

/**
 * Up to 40 requests are in flight, each for $0.0004 to $0.0025, and a cap applies to all of them
 * together.
 */
export function measureBudget(): Promise<readonly Spending[]> {
  return Promise.all(CASES.map(measure));
}

async function measure({ name, errorRate, capUsd }: Case): Promise<Spending> {
  const random = seededRandom(3);
  const server = await startServer({
    respond: () => {
      if (random() < errorRate) return { kind: 'error', status: 500 };
      const completion = 30 + Math.floor(220 * random());
      const usage = { prompt_tokens: 12, completion_tokens: completion };
      return { kind: 'delay', ms: 50 + 200 * random(), next: { kind: 'answer', text: '.', usage } };
    },
  });
  const manifest = JSON.stringify({
    defaults: { model: 'local/gpt-6.1-sol', max_tokens: 250 },
    providers: {
      local: { type: 'openai', base_url: server.openaiUrl, limits: { concurrency: 40 } },
    },
    prices: { 'local/gpt-6.1-sol': { input: 1, output: 10 } },
    budget: { max_cost_usd: capUsd },
    tasks: Array.from({ length: 2000 }, (_, at) => `number ${at}`),
  });
  try {
    return await inFolder({ 'volley.yaml': manifest }, async (folder) => {
      const flags = ['-o', 'out.jsonl', '--summary-file', 's.json', '--retry-delay', '10ms'];
      await volley(folder, ['run', 'volley.yaml', ...flags], { mayExit: [3] });
      const summary: Summary = JSON.parse(readFileSync(join(folder, 's.json'), 'utf8'));
      const spentUsd = (summary.cost_usd ?? NaN) + (summary.possibly_paid_usd ?? 0);
      return { name, capUsd, spentUsd, highest: server.highestConcurrency() };
    });
  } finally {
    await server.close();
  }
}

export function budgetTable(spendings: readonly Spending[]): string {
  return markdownTable(
    ['budget', 'cap', 'spent', 'of the cap', 'most in flight'],
    spendings.map(({ name, capUsd, spentUsd, highest }) => [
      name,
      `$${capUsd.toFixed(2)}`,
      `$${spentUsd.toFixed(4)}`,
      `${((100 * spentUsd) / capUsd).toFixed(1)}%`,
      String(highest),
    ]),
  );
}
