import { addNeeds } from '../plan/select.ts';
import { onlyMarked } from '../run/only-these.ts';
import type { PreparedRun } from '../run/prepare.ts';
import type { Resumption } from '../run/resume.ts';
import type { Comparison } from './change.ts';

export interface ChangedOnly {
  readonly resumption: Resumption;
  /** Unchanged tasks that take part because changed ones need them. */
  readonly needed: number;
}

/** Sends what is new or changed, and what that needs, as far as `resumption` does not have it. */
export async function changedOnly(
  { plan }: PreparedRun,
  { isChanged }: Pick<Comparison, 'isChanged'>,
  resumption: Resumption | undefined,
): Promise<ChangedOnly> {
  const chosen = isChanged.slice();
  addNeeds(chosen, plan.nodes);
  let needed = 0;
  for (const [index, mark] of chosen.entries()) if (mark > (isChanged[index] ?? 0)) needed += 1;
  return {
    needed,
    resumption: await onlyMarked(plan, ({ index }) => chosen[index] === 1, resumption),
  };
}
