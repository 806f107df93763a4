/**
 * `npm run bench`: every client against every strict server, side by side, medians of several runs.
 * Options: --runs N (5), --only SCENARIO, --clients a,b, --seconds N (20), --parallel N (2 scenarios
 * at a time), --write (brings docs/benchmarks.md and its plots up to date).
 */
import { CLIENTS } from './clients/catalogue.ts';
import { install, type PeerName } from './install.ts';
import { benchOptions } from './options.ts';
import { pacingTables, trialLine } from './report/pacing-report.ts';
import { pacingPlot } from './report/pacing-plot.ts';
import { writeSection } from './report/docs.ts';
import { machineLine } from './report/machine.ts';
import { runTrial, type Trial } from './trial.ts';

const options = benchOptions(process.argv.slice(2));
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

const wanted = options.clients.flatMap((name) => {
  const client = CLIENTS[name];
  return client ? [{ name, client }] : [];
});
const installed = await install(
  wanted.flatMap(({ client: { needs } }): PeerName[] => (needs ? [needs] : [])),
  tell,
);
const able = wanted.filter(({ client: { needs } }) => needs === undefined || installed[needs]);

tell(machineLine());
const trials: Trial[] = [];
for (let run = 1; run <= options.runs; run += 1) {
  tell(`\nrun ${run} of ${options.runs}`);
  const left = [...options.scenarios];
  await Promise.all(
    Array.from({ length: options.parallel }, async () => {
      for (let scenario = left.shift(); scenario; scenario = left.shift()) {
        const { seconds } = options;
        const started = able.map((client) =>
          runTrial(scenario, client, { seconds, seed: run, installed }).then(
            (trial) => {
              trials.push(trial);
              tell(trialLine(trial));
            },
            (error: unknown) => tell(`${scenario.name} ${client.name}: ${String(error)}`),
          ),
        );
        await Promise.all(started);
      }
    }),
  );
}
const tables = pacingTables(inOrder(trials));
tell(`\n${tables}`);
if (options.write) writeSection('pacing', { tables, plot: pacingPlot(inOrder(trials)) });

/** Trials end in any order; the report has the one that was asked for. */
function inOrder(all: readonly Trial[]): readonly Trial[] {
  return all.toSorted((one, other) => placeOf(one) - placeOf(other));
}

function placeOf({ scenario, client }: Trial): number {
  const { scenarios, clients } = options;
  return scenarios.indexOf(scenario) * clients.length + clients.indexOf(client);
}
