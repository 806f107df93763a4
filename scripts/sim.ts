/**
 * Plays thousands of made-up runs and checks Volley's promises: `npm run sim -- --seeds 50000`.
 * `--from N` begins at another seed, `--minutes N` plays as many as fit into that time, `--seed N`
 * plays one and prints everything that happens in it, `--failures N` stops after that many
 * failures.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import {
  mostLate,
  simulateMany,
  sumOf,
  type ManyReport,
  type SeedRange,
} from '../test/sim/simulate-many.ts';
import { simulate, type SimulationReport } from '../test/sim/simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '50000' },
    minutes: { type: 'string' },
    failures: { type: 'string', default: '5' },
    threads: { type: 'string', default: String(Math.min(4, availableParallelism())) },
  },
});

/** With `--minutes`, the number of seeds to play before checking the time: a few seconds' worth. */
const SEEDS_PER_TURN = 1_000;

process.exitCode = values.seed === undefined ? await playMany() : await playOne(values.seed);

async function playOne(seed: string): Promise<number> {
  // Loads the modules that must not be loaded while the clock runs.
  await simulateMany({ first: 1, step: 1, count: 0, maxFailures: 1 });
  const report = await simulate(Number(seed), { log: print });
  print(report.violations.length === 0 ? 'no promise was broken' : shown(report));
  return report.violations.length === 0 ? 0 : 1;
}

async function playMany(): Promise<number> {
  const startedMs = performance.now();
  const { seeds, failures, counts } =
    values.minutes === undefined
      ? await playRange(Number(values.from), Number(values.seeds))
      : await playFor(Number(values.minutes) * 60_000);
  for (const failure of failures) print(shown(failure));
  print(
    `${seeds} seeds in ${((performance.now() - startedMs) / 1000).toFixed(1)} s: ${counts.lives} runs, ` +
      `${counts.crashes} crashes, ${counts.requests} requests, ${counts.paidTwice} paid for twice, ` +
      `${Object.keys(counts.faults).length} kinds of answers, ` +
      `${counts.late} of ${counts.deadlines} deadlines missed; ${failures.length} seeds failed`,
  );
  return failures.length === 0 && counts.late <= mostLate(counts) ? 0 : 1;
}

async function playFor(ms: number): Promise<ManyReport> {
  const endMs = performance.now() + ms;
  const reports: ManyReport[] = [];
  let from = Number(values.from);
  while (reports.length === 0 || performance.now() < endMs) {
    const report = await playRange(from, SEEDS_PER_TURN);
    reports.push(report);
    if (report.failures.length >= Number(values.failures)) break;
    from += SEEDS_PER_TURN;
  }
  return sumOf(reports);
}

async function playRange(from: number, seeds: number): Promise<ManyReport> {
  const threads = Number(values.threads);
  const ranges = Array.from({ length: threads }, (_, at): SeedRange => ({
    first: from + at,
    step: threads,
    count: Math.ceil((seeds - at) / threads),
    maxFailures: Number(values.failures),
  }));
  return sumOf(await Promise.all(ranges.map(playInThread)));
}

function playInThread(range: SeedRange): Promise<ManyReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../test/sim/simulate-worker.ts', import.meta.url), {
      workerData: range,
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function shown({ seed, violations }: SimulationReport): string {
  const lines = violations.map(({ oracle, message }) => `  ${oracle}: ${message}`);
  return `seed ${seed} failed; play it with \`npm run sim -- --seed ${seed}\`\n${lines.join('\n')}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
