/**
 * `npm run bench:scale`: how time, CPU and memory grow from 1,000 to 100,000 tasks, against a
 * server that limits nothing and answers immediately. Options: --runs N (5), --clients a,b,
 * --million (also 20,000 and 1,000,000 tasks, with Volley alone), --write (updates
 * docs/benchmarks.md and its plot).
 */
import { CLIENTS } from './clients/catalogue.ts';
import { runToEnd } from './full-run.ts';
import { install, type PeerName } from './install.ts';
import { benchOptions } from './options.ts';
import { writeSection } from './report/docs.ts';
import { machineLine } from './report/machine.ts';
import { scalePlot } from './report/scale-plot.ts';
import { fullRunLine, scaleTables, type FullRun } from './report/scale-report.ts';

const options = benchOptions(process.argv.slice(2));
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

const SIZES = [1_000, 10_000, 100_000];
const MILLION = [20_000, 1_000_000];
/** A client that takes longer is stopped, and is not tried with more tasks. */
const AT_MOST_MS = 180_000;

const installed = await install(
  options.clients.flatMap((name): readonly PeerName[] => {
    const needs = CLIENTS[name]?.needs;
    return needs ? [needs] : [];
  }),
  tell,
);
tell(machineLine());
const done: FullRun[] = [];
const tooSlow = new Set<string>();
for (const tasks of SIZES) {
  for (const name of options.clients) {
    for (let run = 1; run <= runsOf(tasks) && !tooSlow.has(name); run += 1) {
      await measure(name, tasks, AT_MOST_MS);
    }
  }
}
if (options.million) for (const tasks of MILLION) await measure('volley', tasks, Infinity);
const tables = scaleTables(done);
tell(`\n${tables}`);
if (options.write) writeSection('scale', { tables, plot: scalePlot(done) });

/** Long runs take a lot of time but vary less, so fewer are needed. */
function runsOf(tasks: number): number {
  return tasks >= 100_000 ? 1 : options.runs;
}

async function measure(name: string, tasks: number, atMostMs: number): Promise<void> {
  const client = CLIENTS[name];
  if (!client || (client.needs && !installed[client.needs])) return;
  try {
    const ended = await runToEnd(client, { tasks, atMostMs, installed });
    const run = { client: name, tasks, ...ended };
    if (!run.finished) tooSlow.add(name);
    done.push(run);
    tell(fullRunLine(run));
  } catch (error) {
    tooSlow.add(name);
    tell(`${name} with ${tasks} tasks: ${String(error)}`);
  }
}
