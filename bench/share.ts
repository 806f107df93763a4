/**
 * `npm run bench:share`: 1, 2, 4 and 8 processes of the command on one key and one strict server, with
 * `--share`. Options: --runs N (3), --only SCENARIO, --seconds N (20), --processes N (only so many),
 * --alone (without sharing, to compare).
 */
import { parseArgs } from 'node:util';
import { startRedis } from '../test/support/redis.ts';
import { volley } from './clients/volley.ts';
import { machineLine } from './report/machine.ts';
import { total, wasteOf } from './report/pacing-report.ts';
import { shown, spreadOf } from './report/statistics.ts';
import { markdownTable } from './report/table.ts';
import { SCENARIOS } from './scenarios.ts';
import { runTrial, type Trial } from './trial.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '20' },
    only: { type: 'string', default: 'announced-rpm,announced-tpm,cap-blind,nothing-announced' },
    processes: { type: 'string', default: '1,2,4,8' },
    alone: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

tell(machineLine());
const redis = await startRedis();
const rows: string[][] = [];
for (const name of values.only.split(',')) {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (!scenario) throw new Error(`no scenario \`${name}\``);
  for (const processes of values.processes.split(',').map(Number)) {
    const trials: Trial[] = [];
    for (let seed = 1; seed <= Number(values.runs); seed += 1) {
      const share = values.alone ? {} : { share: redis.url };
      const options = { seconds, seed, processes, installed: {}, ...share };
      const trial = await runTrial(scenario, { name: 'volley', client: volley }, options);
      trials.push(trial);
      const { report, answers } = trial;
      tell(
        `${name} × ${processes}: run ${percent(report.share.run)}, steady ${percent(report.share.steady)} %, ` +
          `refused ${wasteOf(trial).toFixed(1)} per 100 of ${total(report.accepted)}, answers ${answers.join(' ')}`,
      );
    }
    const figures = (of: (trial: Trial) => number, digits = 0): string =>
      shown(spreadOf(trials.map(of)), digits);
    rows.push([
      scenario.title,
      String(processes),
      figures(({ report }) => 100 * report.share.steady),
      figures(({ report }) => 100 * report.share.run),
      figures(wasteOf, 1),
      figures(({ answers }) => fairness(answers), 2),
    ]);
  }
}
await redis.close();
tell(
  `\n${markdownTable(
    [
      'scenario',
      'processes',
      'steady, %',
      'whole run, %',
      'refused per 100',
      'fewest ÷ most answers',
    ],
    rows,
  )}`,
);

function percent(share: number): string {
  return String(Math.round(100 * share));
}

/** 1 where all have as many. */
function fairness(answers: readonly number[]): number {
  return Math.min(...answers) / Math.max(...answers);
}
