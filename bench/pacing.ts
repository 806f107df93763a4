/**
 * `npm run bench`: every client against every strict server, side by side, with medians of several
 * runs. Options: --runs N (5), --only SCENARIO, --clients a,b, --seconds N (20), --parallel N (5
 * clients at a time, each with its own server), --processes N (1 of each client, all on one
 * server), --write (updates docs/benchmarks.md and its plots).
 */
import { CLIENTS } from './clients/catalogue.ts';
import { install, type PeerName } from './install.ts';
import { benchOptions } from './options.ts';
import { pause } from './pause.ts';
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
const { runs, scenarios, seconds, parallel, processes } = options;
const planned = Array.from({ length: runs }, (_, index) => index + 1).flatMap((run) =>
  scenarios.flatMap((scenario) => able.map((client) => ({ run, scenario, client }))),
);
const trials: Trial[] = [];
await Promise.all(Array.from({ length: parallel }, (_, place) => work(place)));
const tables = pacingTables(inOrder(trials));
tell(`\n${tables}`);
if (options.write) writeSection('pacing', { tables, plot: pacingPlot(inOrder(trials)) });

/**
 * Plays the remaining trials. Starting a client takes far more CPU than running it, so trials that
 * run at the same time start one after another.
 */
async function work(place: number): Promise<void> {
  await pause((place * seconds * 1_000) / parallel);
  for (let next = planned.shift(); next; next = planned.shift()) {
    const { run, scenario, client } = next;
    try {
      const trial = await runTrial(scenario, client, { seconds, seed: run, processes, installed });
      trials.push(trial);
      tell(`run ${run} of ${runs}  ${trialLine(trial)}`);
    } catch (error) {
      tell(`run ${run} of ${runs}  ${scenario.name} ${client.name}: ${String(error)}`);
    }
  }
}

/** Trials end in any order, so they are put in the order in which they were requested. */
function inOrder(all: readonly Trial[]): readonly Trial[] {
  return all.toSorted((one, other) => placeOf(one) - placeOf(other));
}

function placeOf({ scenario, client }: Trial): number {
  return scenarios.indexOf(scenario) * options.clients.length + options.clients.indexOf(client);
}
