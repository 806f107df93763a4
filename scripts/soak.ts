/** One long run with 2% faults and three kills: `npm run soak [-- --tasks 1000000]`. */
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../test/support/build.ts';
import { soak } from '../test/torture/soak.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '1000000' },
    kills: { type: 'string', default: '3' },
  },
});
ensureBuilt();
const figures = await soak({
  tasks: Number(values.tasks),
  kills: Number(values.kills),
  say: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
process.exitCode = figures.violations.length === 0 ? 0 : 1;
