/**
 * Prints the results of each scenario under the virtual clock: `npm run pacing -- [seeds] [name]`.
 */
import { SCENARIOS as BENCH_SCENARIOS } from '../../bench/scenarios.ts';
import { benchRun } from './bench-run.ts';
import { measure, spread } from './measure.ts';
import { SCENARIOS } from './scenarios.ts';

const seeds = Array.from({ length: Number(process.argv[2] ?? 20) }, (_, index) => index + 1);
const wanted = process.argv[3] ?? '';
const print = (...cells: readonly string[]): boolean =>
  process.stdout.write(`${cells[0]?.padEnd(44)}${cells.slice(1).join('')}\n`);
const percents = (shares: readonly number[]): string => {
  const { median, worst } = spread(shares, 'higher');
  return `${(100 * median).toFixed(1).padStart(7)} ${(100 * worst).toFixed(1).padStart(6)}`;
};
const wastes = (waste: readonly number[]): string => {
  const { median, worst } = spread(waste, 'lower');
  return `${median.toFixed(2).padStart(7)} ${worst.toFixed(2).padStart(6)}`;
};
const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);

print('scenario (each: median, 90% of runs)', ' steady', '          whole', '         waste');
for (const scenario of SCENARIOS.filter(({ name }) => name.includes(wanted))) {
  const runs = seeds.map((seed) => measure(scenario, seed));
  print(
    scenario.name,
    percents(runs.map(({ steady }) => steady)),
    percents(runs.map(({ whole }) => whole)),
    wastes(runs.map(({ waste }) => waste)),
  );
}
print('\nas in npm run bench', ' steady', '          whole', '         waste', '   settled');
for (const scenario of BENCH_SCENARIOS.filter(({ name }) => name.includes(wanted))) {
  const runs = seeds.map((seed) => benchRun(scenario, { seed }));
  print(
    scenario.name,
    percents(runs.map(({ share }) => share.steady)),
    percents(runs.map(({ share }) => share.run)),
    wastes(runs.map(({ accepted, refused }) => (100 * sum(refused)) / sum(accepted))),
    scenario.settledFromMs === undefined
      ? ''
      : percents(runs.map(({ share }) => share.settled ?? 0)),
  );
}
