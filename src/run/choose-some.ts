import type { TaskTemplate } from '../manifest/manifest.ts';
import type { Plan } from '../plan/plan.ts';
import { seededRandom, type Random } from '../ports/random.ts';
import { mayBeSent, onlyThese } from './only-these.ts';
import type { Resumption } from './resume.ts';

/** How many, and by which chance: the same seed, the same choice. */
export interface Choice {
  readonly count: number;
  readonly seed: number;
}

/**
 * Leaves all but `count` of the tasks to send for later. They are chosen by chance, and of every template as many as is its share, one at least while `count` allows it.
 */
export async function chooseSome(
  plan: Pick<Plan, 'tasks' | 'total'>,
  { count, seed }: Choice,
  resumption?: Resumption,
): Promise<Resumption> {
  const random = seededRandom(seed);
  const candidates = new Map<TaskTemplate, Candidates>();
  let total = 0;
  for await (const task of plan.tasks()) {
    const { template, index } = task;
    // Nobody knows yet what a task will send that builds on others.
    if (template.needs || !mayBeSent(task, resumption)) continue;
    const known = candidates.get(template) ?? { tasks: 0, indexes: [] };
    candidates.set(template, known);
    total += 1;
    addByChance(known, index, { most: count, random });
  }
  const chosen = new Set<number>();
  const toSend = new Map<string, number>();
  const toSendOfEntry = new Map<string, number>();
  for (const [template, quota] of quotas(candidates, { count, total })) {
    const { provider, model } = template.model;
    const lane = `${provider}/${model}`;
    toSend.set(lane, (toSend.get(lane) ?? 0) + quota);
    toSendOfEntry.set(template.id, (toSendOfEntry.get(template.id) ?? 0) + quota);
    const indexes = candidates.get(template)?.indexes ?? [];
    for (const index of indexes.slice(0, quota)) chosen.add(index);
  }
  return onlyThese(({ index }) => chosen.has(index), {
    total: plan.total,
    chosen: chosen.size,
    toSend,
    toSendOfEntry,
    resumption,
  });
}

interface Candidates {
  tasks: number;
  readonly indexes: number[];
}

/** Every task so far is then among those kept with the same chance, in no order. */
function addByChance(
  candidates: Candidates,
  index: number,
  { most, random }: { readonly most: number; readonly random: Random },
): void {
  const { indexes } = candidates;
  candidates.tasks += 1;
  const place = Math.floor(random() * candidates.tasks);
  if (indexes.length < most) {
    indexes.push(index);
    const last = indexes.length - 1;
    [indexes[place], indexes[last]] = [index, indexes[place] ?? index];
  } else if (place < most) indexes[place] = index;
}

/** One of each first, then wherever one stands for the most tasks: Adams' method. */
function quotas(
  candidates: ReadonlyMap<TaskTemplate, Candidates>,
  { count, total }: { readonly count: number; readonly total: number },
): ReadonlyMap<TaskTemplate, number> {
  const quota = new Map([...candidates.keys()].map((template) => [template, 0]));
  for (let left = Math.min(count, total); left > 0; left -= 1) {
    let next: { readonly template: TaskTemplate; readonly eachFor: number } | undefined;
    for (const [template, { tasks }] of candidates) {
      const quotaNow = quota.get(template) ?? 0;
      // Those with none yet come first, the largest of them first of all.
      const eachFor = quotaNow === 0 ? Number.MAX_SAFE_INTEGER / 2 + tasks : tasks / quotaNow;
      if (!next || eachFor > next.eachFor) next = { template, eachFor };
    }
    if (next) quota.set(next.template, (quota.get(next.template) ?? 0) + 1);
  }
  return quota;
}
