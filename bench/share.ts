/**
 * `npm run bench:share`: 1, 2, 4 and 8 processes of the command with one key on one strict server,
 * with `--share`; then what happens if one of four is killed, and if Redis is. Options: --runs N
 * (3), --only SCENARIO (or `faults`), --seconds N (20), --processes N (only this many), --alone
 * (without sharing, for comparison), --write (updates docs/benchmarks.md).
 */
import { parseArgs } from 'node:util';
import { startRedis } from '../test/support/redis.ts';
import { volley } from './clients/volley.ts';
import { writeSection } from './report/docs.ts';
import { machineLine } from './report/machine.ts';
import { total, wasteOf } from './report/pacing-report.ts';
import { shown, spreadOf } from './report/statistics.ts';
import { markdownTable } from './report/table.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { killOne, loseStore } from './share-faults.ts';
import { runTrial, type Trial } from './trial.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '20' },
    only: {
      type: 'string',
      default: 'announced-rpm,announced-tpm,cap-blind,nothing-announced,faults',
    },
    processes: { type: 'string', default: '1,2,4,8' },
    alone: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const HEAD = [
  'scenario',
  'processes',
  'steady, %',
  'whole run, %',
  'refused per 100',
  'fewest ÷ most answers',
];
const seconds = Number(values.seconds);
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

tell(machineLine());
const redis = await startRedis();
const parts: string[] = [];
const names = values.only.split(',');
const scenarios = names.filter((name) => name !== 'faults').map(scenarioOf);
if (scenarios.length > 0) {
  parts.push(markdownTable(HEAD, await rows()));
  tell(`\n${parts.join('')}\n`);
}
if (!values.alone && names.includes('faults')) {
  for (const name of ['announced-rpm', 'cap-blind'])
    parts.push(`- ${await killOne(scenarioOf(name), redis)}`);
  parts.push(`- ${await loseStore(redis)}`);
  tell(parts.slice(-3).join('\n'));
}
await redis.close();
if (values.write) {
  const [table = '', ...faults] = parts;
  writeSection('share', { tables: `${table}\n\n${faults.join('\n')}` });
}

async function rows(): Promise<string[][]> {
  const all: string[][] = [];
  for (const scenario of scenarios) {
    for (const processes of values.processes.split(',').map(Number)) {
      const trials: Trial[] = [];
      for (let seed = 1; seed <= Number(values.runs); seed += 1) {
        const share = values.alone ? {} : { share: redis.url };
        const options = { seconds, seed, processes, installed: {}, ...share };
        const trial = await runTrial(scenario, { name: 'volley', client: volley }, options);
        trials.push(trial);
        const { report } = trial;
        tell(
          `${scenario.name} × ${processes}: run ${percent(report.share.run)}, steady ${percent(report.share.steady)}%, ` +
            `refused ${wasteOf(trial).toFixed(1)} per 100 of ${total(report.accepted)}, ` +
            `answers ${answersOf(trial).join(' ')}`,
        );
      }
      const figures = (of: (trial: Trial) => number, digits = 0): string =>
        shown(spreadOf(trials.map(of)), digits);
      all.push([
        scenario.title,
        String(processes),
        figures(({ report }) => 100 * report.share.steady),
        figures(({ report }) => 100 * report.share.run),
        figures(wasteOf, 1),
        figures((trial) => fairness(answersOf(trial)), 2),
      ]);
    }
  }
  return all;
}

function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (!scenario) throw new Error(`no scenario \`${name}\``);
  return scenario;
}

function percent(share: number): string {
  return String(Math.round(100 * share));
}

/**
 * The answers of each process since all of them had started: eight processes take seconds to start
 * on two cores.
 */
function answersOf({ results }: Trial): readonly number[] {
  const records = results.map((lines) =>
    lines.map((line): { started_at: string; finished_at: string } => JSON.parse(line)),
  );
  const begun = records.map((each) => each.map(({ started_at: at }) => at).toSorted()[0] ?? '9');
  const allBegun = begun.toSorted().at(-1) ?? '';
  return records.map((each) => each.filter(({ finished_at: at }) => at >= allBegun).length);
}

/** 1 if all processes have the same number. */
function fairness(answers: readonly number[]): number {
  return Math.min(...answers) / Math.max(...answers);
}
