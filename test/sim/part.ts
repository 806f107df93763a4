import { createHash } from 'node:crypto';
import type { SelectionRules } from '../../src/plan/select-tasks.ts';
import type { Dice } from './dice.ts';
import type { ExpandedTask } from './entries.ts';
import type { Life, Scenario } from './scenario.ts';

/** A part that `--only` or `--shard` may select. */
export function createPart(dice: Dice, tasks: readonly ExpandedTask[]): SelectionRules {
  const all: SelectionRules = { only: [], skip: [], tags: [], sample: undefined, shard: undefined };
  if (dice.chance(0.4)) {
    const of = dice.between(2, 3);
    return { ...all, shard: { part: dice.between(1, of), of } };
  }
  const names = dice.shuffled(tasks.flatMap(({ id, entryId }) => [id, entryId, `${id[0]}*`]));
  return { ...all, only: names.slice(0, dice.between(1, 3)) };
}

/** The selected tasks, and all the tasks that they need. */
export function partOf(
  tasks: readonly ExpandedTask[],
  rules: SelectionRules,
): readonly ExpandedTask[] {
  const chosen = new Set(tasks.filter((task) => isAskedFor(task, rules)));
  // The loop also visits tasks that it adds itself.
  for (const { needs } of chosen) {
    for (const task of tasks) if (needs.includes(task.id)) chosen.add(task);
  }
  return tasks.filter((task) => chosen.has(task));
}

/**
 * The slots, limits and money that a run of one shard may use, so that all shards together stay
 * within the whole.
 */
export function shareOf(whole: Scenario, { selection }: Pick<Life, 'selection'>): Scenario {
  const parts = selection?.shard?.of ?? 1;
  if (parts === 1) return whole;
  const slots = (of: number): number => Math.max(1, Math.floor(of / parts));
  return {
    ...whole,
    lanes: whole.lanes.map((lane) => {
      const { concurrency, ...rates } = lane.limits;
      const shares = Object.entries(rates).map(([name, amount]) => [name, amount / parts] as const);
      const atOnce = concurrency && { ...concurrency, max: slots(concurrency.max) };
      return {
        ...lane,
        limits: { ...Object.fromEntries(shares), ...(atOnce && { concurrency: atOnce }) },
      };
    }),
    maxConcurrent: slots(whole.maxConcurrent),
    maxCostUsd: whole.maxCostUsd && whole.maxCostUsd / parts,
  };
}

function isAskedFor({ id, entryId }: ExpandedTask, { only, shard }: SelectionRules): boolean {
  if (shard) return placeOf(id) % shard.of === shard.part - 1;
  return only.some((name) =>
    name.endsWith('*') ? id.startsWith(name.slice(0, -1)) : name === id || name === entryId,
  );
}

/** The same on every machine, so that parts that run on several machines add up to a whole. */
function placeOf(id: string): number {
  return createHash('sha256').update(id).digest().readUIntBE(0, 6);
}
