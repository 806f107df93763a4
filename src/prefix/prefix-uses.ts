import type { ModelName, TaskTemplate } from '../manifest/manifest.ts';
import { variantsOf } from '../manifest/task-models.ts';
import type { TaskNode } from '../plan/graph.ts';
import type { Plan } from '../plan/plan.ts';
import type { RenderedTask, Task } from '../plan/task.ts';
import type { CacheRules } from './cache-rules.ts';
import { leadingVariation, type Variation } from './leading-variation.ts';
import { prefixesOf, type Prefix } from './prefix.ts';

/** How many requests of a lane are expected to share a prefix. */
export interface PrefixUses {
  of(prefix: Prefix, template: TaskTemplate): number;
  /** How many requests of the lane may share a prefix. */
  readonly tasks: number;
}

export interface UseOptions {
  /** The cache rules of a lane; undefined if nothing is cached. */
  readonly rulesOf: (model: ModelName) => CacheRules | undefined;
  /** Whether a task will or may be sent. By default, all tasks may be. */
  readonly sends?: ((task: Task) => boolean) | undefined;
  /** Ends counting early; the counts so far are used. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * How many distinct prefixes are counted per lane. Beyond this, prefixes that were seen only once
 * are dropped.
 */
const MOST_COUNTED = 100_000;
/** How many tasks of an entry are checked for a prefix that is long enough to be cached. */
const LOOKED_AT = 20;

/**
 * Counts how often each prefix is used in each lane. If all tasks of an entry start the same way,
 * only one of them is rendered; otherwise all are. Prefixes that contain results which are not
 * known yet are counted for their entry.
 */
export async function countUses(plan: Plan, options: UseOptions): Promise<PrefixUsesOf> {
  const lanes = new Map<string, LaneUses>();
  const usesIn = (model: ModelName): LaneUses => {
    const name = `${model.provider}/${model.model}`;
    const known = lanes.get(name) ?? new LaneUses();
    lanes.set(name, known);
    return known;
  };
  for (const node of plan.nodes) await countNode(node, plan, { ...options, usesIn });
  return usesIn;
}

export type PrefixUsesOf = (model: ModelName) => PrefixUses;

async function countNode(
  node: TaskNode,
  plan: Plan,
  {
    rulesOf,
    sends,
    signal,
    usesIn,
  }: UseOptions & { readonly usesIn: (model: ModelName) => LaneUses },
): Promise<void> {
  const entries = new Map<TaskTemplate, Counting>();
  for (const template of variantsOf(node.template)) {
    // Only models that are never a first choice: for others, the number of fallbacks is unknown.
    const fallbacks = (template.fallbacks ?? []).filter((model) => isOnlyFallback(plan, model));
    const models = [template.model, ...fallbacks];
    const lanes = models.flatMap((model) => {
      const rules = rulesOf(model);
      return rules && template.promptCache !== 'off' ? [{ model, rules, uses: usesIn(model) }] : [];
    });
    if (lanes.length > 0) {
      const variation = leadingVariation(template, node);
      entries.set(template, { lanes, variation, seen: 0, example: undefined, isLong: false });
    }
  }
  if (entries.size === 0) return;
  const countsAll = sends !== undefined;
  for await (const task of plan.tasksOf(node)) {
    if (signal?.aborted) break;
    const entry = entries.get(task.template);
    if (!entry || sends?.(task) === false) continue;
    entry.seen += 1;
    if (entry.variation.varies) await countTask(entry, task, plan);
    else entry.example ??= task;
    if (!countsAll && [...entries.values()].every(isSettled)) break;
  }
  for (const [template, entry] of entries) {
    const { example, seen, lanes } = entry;
    const total =
      plan.selection?.countOf(node, template) ?? node.total / variantsOf(node.template).length;
    const tasks = countsAll ? seen : total;
    if (entry.variation.untilNeeds !== undefined && !entry.variation.varies) {
      for (const { uses } of lanes) uses.addEntry(template, tasks);
    }
    for (const { uses } of lanes) uses.tasks += tasks;
    if (!example) continue;
    for (const { model, rules, uses } of lanes) {
      const rendered = await plan.render(example, { model });
      for (const prefix of known(rendered, rules, entry.variation)) uses.add(prefix, tasks);
    }
  }
}

/** Whether a model is used only as a fallback. */
export function isOnlyFallback({ lanes }: Plan, { provider, model }: ModelName): boolean {
  return lanes.some(
    (lane) => lane.provider === provider && lane.model === model && lane.total === 0,
  );
}

interface Counting {
  readonly lanes: ReadonlyArray<{
    readonly model: ModelName;
    readonly rules: CacheRules;
    readonly uses: LaneUses;
  }>;
  readonly variation: Variation;
  seen: number;
  /** An example for all tasks of the entry, if they start the same way. */
  example: Task | undefined;
  /** Whether some prefix may be long enough to be cached. */
  isLong: boolean;
}

/** Whether no more tasks of the entry need to be checked. */
function isSettled({ variation, seen, example, isLong }: Counting): boolean {
  return variation.varies ? seen >= LOOKED_AT && !isLong : example !== undefined;
}

async function countTask(entry: Counting, task: Task, plan: Plan): Promise<void> {
  if (isSettled(entry)) return;
  for (const { model, rules, uses } of entry.lanes) {
    const rendered = await plan.render(task, { model });
    for (const prefix of known(rendered, rules, entry.variation)) {
      if (prefix.tokens * 2 >= rules.minTokens) entry.isLong = true;
      uses.add(prefix, 1);
    }
  }
}

function known(
  rendered: RenderedTask,
  rules: CacheRules,
  { untilNeeds }: Variation,
): readonly Prefix[] {
  if (!rendered.ok) return [];
  const prefixes = prefixesOf(rendered.request, rules.settings);
  const end = prefixes.findIndex((prefix) => prefix.end === untilNeeds);
  return end === -1 ? prefixes : prefixes.slice(0, end);
}

class LaneUses implements PrefixUses {
  tasks = 0;
  readonly #counts = new Map<string, number>();
  readonly #ofEntry = new Map<TaskTemplate, number>();

  of({ key }: Prefix, template: TaskTemplate): number {
    return this.#counts.get(key) ?? this.#ofEntry.get(template) ?? 0;
  }

  add({ key }: Prefix, uses: number): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + uses);
    if (this.#counts.size <= MOST_COUNTED) return;
    for (const [each, count] of this.#counts) if (count === 1) this.#counts.delete(each);
    if (this.#counts.size > MOST_COUNTED) this.#counts.delete(key);
  }

  /** Counts tasks whose common prefix is known only when the tasks they need have ended. */
  addEntry(template: TaskTemplate, uses: number): void {
    this.#ofEntry.set(template, uses);
  }
}
