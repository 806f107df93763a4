import type { Arguments } from '../arguments.ts';
import { printPlan } from '../print-plan.ts';
import { loadNamed } from '../load-named.ts';

export async function plan(args: Arguments): Promise<number> {
  return printPlan(args, await loadNamed(args));
}
