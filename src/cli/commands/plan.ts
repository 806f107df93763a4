import { usageError, type Arguments } from '../arguments.ts';
import { printPlan } from '../print-plan.ts';
import { printGraph } from '../print-graph.ts';
import { switchFlag, textFlag } from '../settings.ts';
import { loadNamed } from '../load-named.ts';

export async function plan(args: Arguments): Promise<number> {
  const isGraph = switchFlag(args, 'graph');
  if (isGraph && textFlag(args, 'against') !== undefined) {
    throw usageError('`--against` and `--graph` cannot be combined', 'leave one of them out');
  }
  const loaded = await loadNamed(args);
  return isGraph ? printGraph(args, loaded) : printPlan(args, loaded);
}
