import { planVolley } from '../src/forecast/plan-volley.ts';
import { rehearse } from '../src/forecast/rehearse.ts';
import { createTokenEstimator } from '../src/money/token-ranges.ts';
import { tokenFamily } from '../src/money/tokenizer.ts';
import { seededRandom } from '../src/ports/random.ts';
import type { VendorKind, VendorOptions } from '../test/support/cache-vendor.ts';
import { billOf, idealOf } from './cache/bill.ts';
import { cacheTables, rowLine, type Row } from './cache/report.ts';
import { writeSection } from './report/docs.ts';
import { playClient } from './cache/clients.ts';
import { createMemory, play, prepare, type Played } from '../test/support/caching-play.ts';
import {
  filesOf,
  manifestOf,
  MODELS,
  WORKLOADS,
  type Model,
  type Setting,
  type Workload,
} from './cache/workload.ts';

/**
 * What a shared prefix costs, measured with a model of each vendor's cache under a virtual clock.
 * `--quick`: one seed, without the largest workloads. `--only TEXT`: rows whose name starts with
 * it. `--write`: updates docs/benchmarks.md.
 */
const isQuick = process.argv.includes('--quick');
const SEEDS = isQuick ? [1] : [1, 2, 3, 4, 5];
const CONCURRENCIES = [8, 50, 200];
/** An answer takes a second on average, and at most a fifth more, so that times can be compared. */
const ANSWER_MS = 1_000;
const LONGEST_MS = 1_200;
const [, only = ''] = process.argv.join(' ').replace(' --write', '').split(' --only ');
const MOST_COST = 1.03;
const MOST_COST_WITH_GAP = 1.1;
const MOST_ANSWERS = 2;

const rows: Row[] = [];

for (const kind of ['anthropic', 'openai', 'automatic'] as const) {
  for (const work of WORKLOADS) {
    for (const concurrency of CONCURRENCIES) {
      const row = `${kind}, ${work.name}, ${concurrency} at once`;
      if (!isSkipped(row, work)) await cell(row, { kind, work, concurrency });
    }
  }
}
await gap();
if (only === '') {
  await once();
  await neverHits();
  await inputBound();
  await agreement();
}
report();

interface Cell {
  readonly kind: VendorKind;
  readonly work: Workload;
  readonly concurrency: number;
}

async function cell(name: string, { kind, work, concurrency }: Cell): Promise<void> {
  const model = MODELS[kind];
  const first: Figures[] = [];
  const second: Figures[] = [];
  for (const seed of SEEDS) {
    const uncached = await volley(kind, work, { concurrency, caching: false }, { seed });
    const ideal = idealOf(uncached.vendor.calls, model, work);
    const learning = createMemory();
    for (const runs of [first, second]) {
      const run = await volley(kind, work, { concurrency, caching: true }, { seed, learning });
      runs.push(compared(run, uncached, { ideal, model, work }));
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
    name,
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

/**
 * Entries that become readable only after a while, on the host that is known for this and on an
 * unknown one.
 */
async function gap(): Promise<void> {
  for (const work of WORKLOADS.filter(({ tasks }) => tasks > 10)) {
    for (const isAtVendor of [true, false]) {
      const row = `anthropic, ${work.name}, readable after 2 s, ${isAtVendor ? 'known' : 'unknown'} host`;
      if (isSkipped(row, work)) continue;
      await gapRows(row, work, isAtVendor);
    }
  }
}

async function gapRows(row: string, work: Workload, isAtVendor: boolean): Promise<void> {
  const model = MODELS.anthropic;
  const setting = { concurrency: 50, caching: true, isAtVendor };
  const runs: Figures[][] = [[], []];
  for (const seed of SEEDS) {
    const uncached = await volley('anthropic', work, { ...setting, caching: false }, { seed });
    const ideal = idealOf(uncached.vendor.calls, model, work);
    const learning = createMemory();
    for (const each of runs) {
      const options = { seed, vendor: { restMs: 2_000 }, learning };
      const run = await volley('anthropic', work, setting, options);
      each.push(compared(run, uncached, { ideal, model, work }));
    }
  }
  for (const [at, each] of runs.entries()) {
    const cost = median(each, 'cost');
    const answers = median(each, 'answers');
    // Only a probe can show that the host needs a pause, and a probe that misses writes the context
    // again.
    const isFoundOut = !isAtVendor && at === 0;
    const most = Math.max(MOST_COST_WITH_GAP, isFoundOut ? MOST_COST * median(each, 'missed') : 0);
    // The same pause, and the probe that missed.
    const mostAnswers = MOST_ANSWERS + 2_000 / LONGEST_MS + (isFoundOut ? 1 : 0);
    rows.push({
      name: `${row}, ${at === 0 ? 'first' : 'second'} run`,
      figures: { cost, answers, ...(isFoundOut && { 'with one miss': median(each, 'missed') }) },
      broken: [
        ...(cost > most ? [`cost above ${most.toFixed(2)}`] : []),
        ...(answers > mostAnswers ? [`more than ${mostAnswers.toFixed(2)} answers longer`] : []),
      ],
    });
  }
}

/** If cached reads do not count toward limits, caching makes a run shorter. */
async function inputBound(): Promise<void> {
  const work = { name: '200 tasks', contexts: 1, tasks: 200, contextTokens: 5_000 };
  const limits = 'itpm: 200k';
  const setting = { concurrency: 50, limits };
  const run = await volley('anthropic', work, { ...setting, caching: true }, { seed: 1 });
  const uncached = await volley('anthropic', work, { ...setting, caching: false }, { seed: 1 });
  const time = run.durationMs / uncached.durationMs;
  rows.push({
    name: 'anthropic, 200 tasks, 200k input tokens per minute',
    figures: { time },
    broken: time < 1 ? [] : ['not shorter than without caching'],
  });
}

/**
 * The costs that a plan, a rehearsal and the bill show if tokens are counted as they are estimated.
 */
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
  /** The ideal cost if one context is written twice. */
  readonly missed: number;
  readonly answers: number;
  readonly uncached: number;
}

function compared(
  run: Played,
  uncached: Played,
  {
    ideal,
    model,
    work,
  }: { readonly ideal: number; readonly model: Model; readonly work: Workload },
): Figures {
  const missedUsd = (work.contextTokens * (model.write - model.read) * model.input) / 1e6;
  return {
    cost: billOf(run.vendor.calls, model) / ideal,
    missed: 1 + missedUsd / ideal,
    answers: (run.durationMs - uncached.durationMs) / LONGEST_MS,
    uncached: (uncached.summary.cost_usd ?? 0) / ideal,
  };
}

function isSkipped(row: string, work: Workload): boolean {
  return (isQuick && work.tasks * work.contexts > 100) || !row.startsWith(only);
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
  for (const row of rows) process.stdout.write(`${rowLine(row)}\n`);
  const failed = rows.filter(({ broken }) => broken.length > 0).length;
  process.stdout.write(`${rows.length - failed} of ${rows.length} rows hold\n`);
  process.exitCode = failed === 0 ? 0 : 1;
  if (process.argv.includes('--write')) writeSection('cache', { tables: cacheTables(rows) });
}
