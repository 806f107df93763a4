/** Prints how each scenario goes under the virtual clock: `npm run pacing -- [seeds] [name]`. */
import { measure, spread } from './measure.ts';
import { SCENARIOS } from './scenarios.ts';

const seeds = Number(process.argv[2] ?? 20);
const wanted = process.argv[3] ?? '';
const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const percent = (share: number): string => (100 * share).toFixed(1).padStart(6);

print(`${'scenario'.padEnd(44)} steady  p10   whole  waste   p90`);
for (const scenario of SCENARIOS.filter(({ name }) => name.includes(wanted))) {
  const runs = Array.from({ length: seeds }, (_, seed) => measure(scenario, seed + 1));
  const steady = spread(
    runs.map((run) => run.steady),
    'higher',
  );
  const whole = spread(
    runs.map((run) => run.whole),
    'higher',
  );
  const waste = spread(
    runs.map((run) => run.waste),
    'lower',
  );
  print(
    `${scenario.name.padEnd(44)}${percent(steady.median)}${percent(steady.worst)}${percent(whole.median)}  ${waste.median.toFixed(2)}  ${waste.worst.toFixed(2)}`,
  );
}
