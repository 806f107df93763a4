import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanReport } from '../../src/forecast/plan-report.ts';
import type { Summary } from '../../src/results/summary.ts';
import { startServer, type SeenRequest } from '../../test/support/server.ts';
import { promptOf } from '../../test/support/wires.ts';
import { logNormal, seededRandom, seedOf } from '../random.ts';
import { markdownTable } from '../report/table.ts';
import { inFolder, volley } from './volley-command.ts';

interface Case {
  readonly name: string;
  readonly limits: Readonly<Record<string, unknown>>;
  readonly tasks: number;
}

interface Estimate extends Case {
  readonly boundBy: string | null;
  readonly estimatedUsd: number;
  readonly billedUsd: number;
  readonly estimatedMs: number;
  readonly tookMs: number;
}

const CASES: readonly Case[] = [
  { name: 'requests', limits: { rpm: 150, concurrency: 32 }, tasks: 600 },
  { name: 'input tokens', limits: { itpm: '30k', concurrency: 32 }, tasks: 600 },
  { name: 'output tokens', limits: { otpm: '25k', concurrency: 32 }, tasks: 600 },
  { name: 'concurrency', limits: { concurrency: 8 }, tasks: 1000 },
];

/** How many tasks run first, as a sample. */
const SAMPLED = 200;

/**
 * What a plan says after a sample, and what the rest of the run then really costs and how long it
 * takes.
 */
export function measureEstimates(): Promise<readonly Estimate[]> {
  return Promise.all(CASES.map(measure));
}

async function measure(which: Case): Promise<Estimate> {
  const server = await startServer({ respond: (request) => answerTo(request) });
  try {
    const files = {
      'volley.yaml': manifest(which, server.openaiUrl),
      'rows.csv': rows(which.tasks),
    };
    return await inFolder(files, async (folder) => {
      const output = ['-o', 'out.jsonl'];
      const sample = ['--sample', String(SAMPLED), '--quiet'];
      await volley(folder, ['run', 'volley.yaml', ...output, ...sample]);
      const { text } = await volley(folder, ['plan', 'volley.yaml', ...output, '--json']);
      const plan: PlanReport = JSON.parse(text);
      const flags = ['--resume', '--summary-file', 'summary.json'];
      await volley(folder, ['run', 'volley.yaml', ...output, ...flags]);
      const summary: Summary = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'));
      return {
        ...which,
        boundBy: plan.total.bound_by,
        estimatedUsd: plan.total.cost_usd?.expected ?? NaN,
        billedUsd: summary.cost_usd ?? NaN,
        estimatedMs: plan.total.duration_ms,
        tookMs: summary.duration_ms,
      };
    });
  } finally {
    await server.close();
  }
}

function manifest({ limits }: Case, baseUrl: string): string {
  return JSON.stringify({
    defaults: { model: 'local/gpt-6.1-sol', max_tokens: 2000 },
    providers: { local: { type: 'openai', base_url: baseUrl, limits } },
    prices: { 'local/gpt-6.1-sol': { input: 2, output: 10 } },
    tasks: [{ id: 'note', for_each: { file: 'rows.csv' }, prompt: '{{ item.text }}' }],
  });
}

/** Prompts of 100 to 300 words. */
function rows(count: number): string {
  const random = seededRandom(7);
  const lines = Array.from({ length: count }, (_, at) => {
    const words = 100 + Math.floor(200 * random());
    return `r${at},${Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ')}`;
  });
  return ['id,text', ...lines, ''].join('\n');
}

const WORDS =
  'the order came late and the box was torn so I want to send it back for a refund'.split(' ');

/**
 * Each word is a token. Answers have a median of 150 tokens and take 0.9 s; both are log-normal.
 */
function answerTo(request: SeenRequest) {
  const prompt = promptOf(request);
  const random = seededRandom(seedOf(prompt));
  const completion = Math.min(2000, Math.round(logNormal(random, { median: 150, sigma: 0.5 })));
  const prompted = prompt.split(' ').length + 7;
  const usage = {
    prompt_tokens: prompted,
    completion_tokens: completion,
    total_tokens: prompted + completion,
  };
  const next = { kind: 'answer', text: 'Noted.', usage } as const;
  return { kind: 'delay', ms: logNormal(random, { median: 900, sigma: 0.4 }), next } as const;
}

export function estimateTable(estimates: readonly Estimate[]): string {
  return markdownTable(
    ['bound by', 'found', 'cost planned', 'billed', 'off by', 'time planned', 'took', 'off by'],
    estimates.map((each) => [
      each.name,
      each.boundBy ?? '',
      `$${each.estimatedUsd.toFixed(3)}`,
      `$${each.billedUsd.toFixed(3)}`,
      deviation(each.estimatedUsd, each.billedUsd),
      `${(each.estimatedMs / 1000).toFixed(1)} s`,
      `${(each.tookMs / 1000).toFixed(1)} s`,
      deviation(each.estimatedMs, each.tookMs),
    ]),
  );
}

function deviation(estimated: number, actual: number): string {
  const share = (estimated / actual - 1) * 100;
  return `${share < 0 ? '−' : '+'}${Math.abs(share).toFixed(1)}%`;
}
