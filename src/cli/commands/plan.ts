import type { Arguments } from '../arguments.ts';
import { printPlan } from '../print-plan.ts';
import { planAfterSample } from '../sample-plan.ts';
import { printGraph } from '../print-graph.ts';
import { countFlag, switchFlag } from '../settings.ts';
import { loadNamed } from '../load-named.ts';

export async function plan(args: Arguments): Promise<number> {
  const count = countFlag(args, 'sample', { min: 1, max: MOST_SAMPLED });
  const loaded = await loadNamed(args);
  if (switchFlag(args, 'graph')) return printGraph(args, loaded);
  return count === undefined ? printPlan(args, loaded) : planAfterSample(args, loaded, count);
}

/** Real requests: more than this is a run. */
const MOST_SAMPLED = 10_000;
