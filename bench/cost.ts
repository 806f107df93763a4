/**
 * `npm run bench:cost`: what a task costs the client, compared with bare SDK calls on the same
 * connections, and what a start costs, compared with `node -e 0`. Options: --runs N (5), --write
 * (updates docs/benchmarks.md).
 */
import { bare } from './clients/bare.ts';
import type { Client } from './clients/client.ts';
import { volleyWith } from './clients/volley.ts';
import { runToEnd } from './full-run.ts';
import { benchOptions } from './options.ts';
import { writeSection } from './report/docs.ts';
import { machineLine } from './report/machine.ts';
import { shown, spreadOf } from './report/statistics.ts';
import { markdownTable } from './report/table.ts';
import { startupTable } from './startup.ts';

const { runs, write } = benchOptions(process.argv.slice(2));
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * The difference between a long and a short run is the cost of the tasks, because starting costs
 * the same in both.
 */
const TASKS = { few: 2_000, many: 12_000 };
const AT_MOST_MS = 120_000;

tell(machineLine());
const costs = new Map<Client, Cost[]>();
const volley = volleyWith({ concurrency: 64 });
for (let run = 1; run <= runs; run += 1) {
  for (const client of [bare, volley]) {
    const cost = await costOf(client);
    costs.set(client, [...(costs.get(client) ?? []), cost]);
    const { cpuMs, perSecond } = cost;
    tell(
      `run ${run} of ${runs}  ${client.name.padEnd(14)}  ${cpuMs.toFixed(3)} ms  ${Math.round(perSecond)} tasks/s`,
    );
  }
}
const table = costTable();
tell(`\n${table}`);
if (write) writeSection('cost', { tables: table });
const startup = await startupTable(4 * runs);
tell(`\n${startup}`);
if (write) writeSection('startup', { tables: startup });

interface Cost {
  /** Milliseconds of CPU for each task. */
  readonly cpuMs: number;
  readonly perSecond: number;
}

async function costOf(client: Client): Promise<Cost> {
  const few = await usageOf(client, TASKS.few);
  const many = await usageOf(client, TASKS.many);
  const tasks = TASKS.many - TASKS.few;
  return {
    cpuMs: (many.cpuMs - few.cpuMs) / tasks,
    perSecond: (1_000 * tasks) / (many.wallMs - few.wallMs),
  };
}

async function usageOf(client: Client, tasks: number) {
  const { finished, usage } = await runToEnd(client, {
    tasks,
    atMostMs: AT_MOST_MS,
    installed: {},
  });
  if (!finished) throw new Error(`${client.name} took more than ${AT_MOST_MS / 1_000} s`);
  return usage;
}

function costTable(): string {
  const [bareCosts = [], volleyCosts = []] = [costs.get(bare), costs.get(volley)];
  const ratios = volleyCosts.map(({ cpuMs }, run) => cpuMs / (bareCosts[run]?.cpuMs ?? Number.NaN));
  return markdownTable(
    ['', bare.name, 'Volley', 'ratio'],
    [
      [
        'CPU per task, ms',
        shown(spreadOf(bareCosts.map(({ cpuMs }) => cpuMs)), 3),
        shown(spreadOf(volleyCosts.map(({ cpuMs }) => cpuMs)), 3),
        shown(spreadOf(ratios), 2),
      ],
      [
        'tasks/s, one model',
        shown(spreadOf(bareCosts.map(({ perSecond }) => perSecond))),
        shown(spreadOf(volleyCosts.map(({ perSecond }) => perSecond))),
        '',
      ],
    ],
  );
}
