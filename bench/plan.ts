/**
 * `npm run bench:plan`: how fast and how accurate a plan is, and how close a run gets to its
 * budget. Options: --write (updates docs/benchmarks.md).
 */
import { measureBudget, budgetTable } from './plan/budget.ts';
import { estimateTable, measureEstimates } from './plan/estimates.ts';
import { measureSpeed, speedTable } from './plan/speed.ts';
import { writeSection } from './report/docs.ts';
import { machineLine } from './report/machine.ts';

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

tell(machineLine());
const tables = [
  speedTable(await measureSpeed()),
  estimateTable(await measureEstimates()),
  budgetTable(await measureBudget()),
].join('\n\n');
tell(`\n${tables}`);
if (process.argv.includes('--write')) writeSection('plan', { tables });
