import { usageError, type Arguments } from '../arguments.ts';
import { printPlan } from '../print-plan.ts';
import { planAfterSample } from '../sample-plan.ts';
import { printGraph } from '../print-graph.ts';
import { countFlag, switchFlag, textFlag } from '../settings.ts';
import { loadNamed } from '../load-named.ts';

export async function plan(args: Arguments): Promise<number> {
  const count = countFlag(args, 'sample', { min: 1, max: MOST_SAMPLED });
  refuseTwoPlans(args, count !== undefined);
  const loaded = await loadNamed(args);
  if (switchFlag(args, 'graph')) return printGraph(args, loaded);
  return count === undefined ? printPlan(args, loaded) : planAfterSample(args, loaded, count);
}

function refuseTwoPlans(args: Arguments, isSampled: boolean): void {
  if (textFlag(args, 'against') === undefined) return;
  const other = isSampled ? '--sample' : switchFlag(args, 'graph') ? '--graph' : undefined;
  if (other === undefined) return;
  throw usageError(`\`--against\` and \`${other}\` cannot be combined`, 'leave one of them out');
}

/** Real requests: more than this is a run. */
const MOST_SAMPLED = 10_000;
