import { planVolley } from '../src/forecast/plan-volley.ts';
import { rehearse } from '../src/forecast/rehearse.ts';
import { createTokenEstimator } from '../src/money/estimate-tokens.ts';
import { tokenFamily } from '../src/money/token-family.ts';
import { seededRandom } from '../src/ports/random.ts';
import type { VendorKind, VendorOptions } from '../test/support/cache-vendor.ts';
import { billOf, idealOf } from './cache/bill.ts';
import { playClient } from './cache/clients.ts';
import { createMemory, play, prepare, type Played } from '../test/support/caching-play.ts';
import {
  filesOf,
  manifestOf,
  MODELS,
  WORKLOADS,
  type Setting,
  type Workload,
} from './cache/workload.ts';

/**
 * What a shared prefix costs, against a model of each vendor's cache under a clock that jumps. `--quick`: one seed, and
 * without the largest workloads.
 */
const isQuick = process.argv.includes('--quick');
const SEEDS = isQuick ? [1] : [1, 2, 3, 4, 5];
const CONCURRENCIES = [8, 50, 200];
/** A mean answer takes a second, the longest a fifth more: in these, times are measured. */
const ANSWER_MS = 1_000;
const LONGEST_MS = 1_200;
const MOST_COST = 1.03;
const MOST_ANSWERS = 2;

interface Row {
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly broken: readonly string[];
}

const rows: Row[] = [];

for (const kind of ['anthropic', 'openai', 'automatic'] as const) {
  for (const work of WORKLOADS) {
    if (isQuick && work.tasks * work.contexts > 100) continue;
    for (const concurrency of CONCURRENCIES) await cell(kind, work, concurrency);
  }
}
await once();
await neverHits();
await gap();
await inputBound();
await agreement();
report();

async function cell(kind: VendorKind, work: Workload, concurrency: number): Promise<void> {
  const model = MODELS[kind];
  const first: Figures[] = [];
  const second: Figures[] = [];
  for (const seed of SEEDS) {
    const uncached = await volley(kind, work, { concurrency, caching: false }, { seed });
    const ideal = idealOf(uncached.vendor.calls, model, work);
    const learning = createMemory();
    for (const runs of [first, second]) {
      const run = await volley(kind, work, { concurrency, caching: true }, { seed, learning });
      runs.push(compared(run, uncached, ideal, billOf(run.vendor.calls, model)));
    }
  }
  const cost = Math.max(median(first, 'cost'), median(second, 'cost'));
  const answers = Math.max(median(first, 'answers'), median(second, 'answers'));
  const vendor = vendorOf(kind, 1);
  const client = async (strategy: 'all at once' | 'first alone') => {
    const { vendor: asked } = await playClient(work, model, { strategy, concurrency, vendor });
    return billOf(asked.calls, model) / idealOf(withoutCache(asked.calls), model, work);
  };
  rows.push({
    name: `${kind}, ${work.name}, ${concurrency} at once`,
    figures: {
      cost,
      answers,
      'all at once': await client('all at once'),
      'first alone': await client('first alone'),
      uncached: median(first, 'uncached'),
    },
    broken: [
      ...(cost > MOST_COST ? [`cost above ${MOST_COST}`] : []),
      ...(answers > MOST_ANSWERS ? [`more than ${MOST_ANSWERS} answers longer`] : []),
    ],
  });
}

async function once(): Promise<void> {
  const work = { name: 'once', contexts: 1, tasks: 1, contextTokens: 20_000 };
  for (const kind of ['anthropic', 'openai'] as const) {
    const run = await volley(kind, work, { concurrency: 8, caching: true }, { seed: 1 });
    const uncached = await volley(kind, work, { concurrency: 8, caching: false }, { seed: 1 });
    const cost =
      billOf(run.vendor.calls, MODELS[kind]) / billOf(uncached.vendor.calls, MODELS[kind]);
    rows.push({
      name: `${kind}, a context used once`,
      figures: { cost },
      broken: cost === 1 ? [] : ['not the price of an unmarked one'],
    });
  }
}

async function neverHits(): Promise<void> {
  for (const kind of ['anthropic', 'openai'] as const) {
    for (const [, work] of WORKLOADS.entries()) {
      if (work.tasks * work.contexts > 100 && work.contexts === 1) continue;
      const options = { seed: 1, vendor: { neverHits: true } };
      const run = await volley(kind, work, { concurrency: 50, caching: true }, options);
      const writes = run.vendor.calls.filter(({ writtenTokens }) => writtenTokens > 0).length;
      rows.push({
        name: `${kind}, ${work.name}, nothing is ever read`,
        figures: { writes },
        broken: writes > 5 ? ['more than 5 writes'] : [],
      });
    }
  }
}

async function gap(): Promise<void> {
  for (const work of WORKLOADS.filter(({ tasks }) => tasks > 10)) {
    if (isQuick && work.tasks * work.contexts > 100) continue;
    const vendor = { restMs: 2_000 };
    const setting = { concurrency: 50, caching: true };
    const uncached = await volley('anthropic', work, { ...setting, caching: false }, { seed: 1 });
    const ideal = idealOf(uncached.vendor.calls, MODELS.anthropic, work);
    const learning = createMemory();
    for (const name of ['first', 'second']) {
      const run = await volley('anthropic', work, setting, { seed: 1, vendor, learning });
      const cost = billOf(run.vendor.calls, MODELS.anthropic) / ideal;
      const answers = (run.durationMs - uncached.durationMs) / LONGEST_MS;
      rows.push({
        name: `anthropic, ${work.name}, readable after 2 s, ${name} run`,
        figures: { cost, answers },
        broken: [
          ...(cost > 1.1 ? ['cost above 1.10'] : []),
          ...(answers > MOST_ANSWERS + 2_000 / LONGEST_MS ? ['too long'] : []),
        ],
      });
    }
  }
}

/** Where reads do not count, caching makes a run shorter. */
async function inputBound(): Promise<void> {
  const work = { name: '200 tasks', contexts: 1, tasks: 200, contextTokens: 5_000 };
  const limits = 'itpm: 200k';
  const setting = { concurrency: 50, limits };
  const run = await volley('anthropic', work, { ...setting, caching: true }, { seed: 1 });
  const uncached = await volley('anthropic', work, { ...setting, caching: false }, { seed: 1 });
  const time = run.durationMs / uncached.durationMs;
  rows.push({
    name: 'anthropic, 200 tasks, 200k input tokens a minute',
    figures: { time },
    broken: time < 1 ? [] : ['not shorter than without caching'],
  });
}

/** Plan, rehearsal and bill, where tokens are counted as they are estimated. */
async function agreement(): Promise<void> {
  const estimator = await createTokenEstimator('tokens');
  for (const kind of ['anthropic', 'openai', 'automatic'] as const) {
    for (const work of WORKLOADS) {
      if (work.tasks === 1_000) continue;
      const model = MODELS[kind];
      const [provider = '', name = ''] = model.name.split('/');
      const family = tokenFamily({ provider, model: name });
      const counts = new Map<string, number>();
      const countTokens = (text: string): number => {
        const known = counts.get(text) ?? estimator.ofText(text, family).expected;
        counts.set(text, known);
        return known;
      };
      const setting = { concurrency: 50, caching: true };
      const prepared = await prepare(manifestOf(work, model, setting), filesOf(work));
      const planned = await planVolley(prepared, { epochMs: 0 });
      const { tasks, output_tokens: output } = planned.report.total;
      const vendor = { countTokens, outputTokens: output.expected / tasks };
      const run = await volley(kind, work, setting, { seed: 1, vendor });
      const rehearsed = await rehearse(prepared, { seed: 1 });
      const bill = billOf(run.vendor.calls, model);
      const plan = (planned.report.total.cost_usd?.expected ?? NaN) / bill;
      const simulated = (rehearsed.summary.cost_usd ?? NaN) / bill;
      rows.push({
        name: `${kind}, ${work.name}, against the bill`,
        figures: { plan, simulated },
        broken: [plan, simulated].every((share) => Math.abs(share - 1) <= 0.05)
          ? []
          : ['more than 5% apart'],
      });
    }
  }
}

interface Figures {
  readonly cost: number;
  readonly answers: number;
  readonly uncached: number;
}

function compared(run: Played, uncached: Played, ideal: number, bill: number): Figures {
  const { durationMs } = uncached;
  return {
    cost: bill / ideal,
    answers: (run.durationMs - durationMs) / LONGEST_MS,
    uncached: (uncached.summary.cost_usd ?? 0) / ideal,
  };
}

function volley(
  kind: VendorKind,
  work: Workload,
  setting: Setting,
  options: {
    readonly seed: number;
    readonly vendor?: Partial<VendorOptions>;
    readonly learning?: ReturnType<typeof createMemory>;
  },
): Promise<Played> {
  return play(manifestOf(work, MODELS[kind], setting), {
    files: filesOf(work),
    seed: options.seed,
    learning: options.learning,
    vendor: { ...vendorOf(kind, options.seed), ...options.vendor },
  });
}

function vendorOf(kind: VendorKind, seed: number): Omit<VendorOptions, 'clock'> {
  const random = seededRandom(seed);
  return { kind, latencyMs: () => ANSWER_MS * (0.8 + 0.4 * random()), outputTokens: 100 };
}

function withoutCache(calls: Parameters<typeof billOf>[0]) {
  return calls.map((call) => ({
    ...call,
    inputTokens: call.inputTokens + call.readTokens + call.writtenTokens,
    readTokens: 0,
    writtenTokens: 0,
  }));
}

function median(figures: readonly Figures[], name: keyof Figures): number {
  const sorted = figures.map((each) => each[name]).toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function report(): void {
  for (const { name, figures, broken } of rows) {
    const shown = Object.entries(figures).map(([key, value]) => `${key} ${value.toFixed(3)}`);
    const mark = broken.length === 0 ? 'ok  ' : 'FAIL';
    process.stdout.write(`${[mark, name, ...shown, ...broken].join(' · ')}\n`);
  }
  const failed = rows.filter(({ broken }) => broken.length > 0).length;
  process.stdout.write(`${rows.length - failed} of ${rows.length} rows hold\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
