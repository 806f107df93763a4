import { suggest } from '../errors/suggest.ts';
import type { ModelName, TaskTemplate } from '../manifest/manifest.ts';
import { modelsOf, variantsOf } from '../manifest/task-models.ts';
import { needsFirst, type TaskNode } from './graph.ts';
import { hashOf, createSample, type SampleRule } from './random-sample.ts';
import { isLike } from './only-pattern.ts';
import type { JsonValue } from '../ports/json.ts';
import type { Plan } from './plan.ts';
import type { Task } from './task.ts';

/** Which tasks to select. Patterns match ids of tasks or entries; `key:…` matches row keys. */
export interface SelectionRules {
  /** Any of these; empty means all. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** Any of these; empty means all. */
  readonly tags: readonly string[];
  /** At most this many, in manifest order; undefined: all. */
  readonly first?: number | undefined;
  /** Selects a random sample of the tasks that match. */
  readonly sample: SampleRule | undefined;
  /** Selects part number `part` of `of` parts, counted from 1. */
  readonly shard: Shard | undefined;
}

export interface Shard {
  readonly part: number;
  readonly of: number;
}

export type SelectedPlan =
  | {
      readonly ok: true;
      readonly plan: Plan;
      /** Tasks that are only included because others need them. */
      readonly pulledIn: number;
    }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** The selected part of a plan, with everything it needs. Reads the rows at most twice. */
export async function selectTasks(plan: Plan, rules: SelectionRules): Promise<SelectedPlan> {
  const names = namesOf(rules);
  const chosen = new Uint8Array(plan.end);
  const sample = rules.sample && createSample(rules.sample);
  let wanted = 0;
  let found = 0;
  for await (const task of plan.tasks()) {
    if (!isWanted(task, rules, names)) continue;
    found += 1;
    // Keep reading, to find names that do not exist.
    if (rules.first !== undefined && found > rules.first) continue;
    if (sample) sample.add(task);
    else if (isInShard(task, rules.shard)) wanted += mark(chosen, task.index);
  }
  const unknown = names.find(({ isUsed }) => !isUsed);
  if (unknown) return noSuch(unknown, plan);
  if (sample) {
    const sampled = new Uint8Array(plan.end);
    for (const index of sample.chosen()) mark(sampled, index);
    for await (const task of plan.tasks()) {
      if (sampled[task.index] === 1 && isInShard(task, rules.shard)) {
        wanted += mark(chosen, task.index);
      }
    }
  }
  // With few tasks, a shard may be empty: other shards then have all tasks.
  if (wanted === 0 && !rules.shard) {
    return { ok: false, message: 'no task is selected', hint: hintForNone(rules) };
  }
  addNeeds(chosen, plan.nodes);
  const selected = narrowed(plan, chosen);
  return { ok: true, plan: selected, pulledIn: selected.total - wanted };
}

/** A given pattern or tag, and whether any task matches it. */
interface Name {
  readonly kind: 'only' | 'skip' | 'tag';
  readonly text: string;
  isUsed: boolean;
}

function namesOf({ only, skip, tags }: SelectionRules): readonly Name[] {
  const given = (kind: Name['kind'], texts: readonly string[]): Name[] =>
    texts.map((text) => ({ kind, text, isUsed: false }));
  return [...given('only', only), ...given('skip', skip), ...given('tag', tags)];
}

/** Compares the task with every name, even after a match, to find names that match no task. */
function isWanted(task: Task, rules: SelectionRules, names: readonly Name[]): boolean {
  const fits = { only: rules.only.length === 0, skip: false, tag: rules.tags.length === 0 };
  for (const name of names) {
    if (!hasName(task, name)) continue;
    name.isUsed = true;
    fits[name.kind] = true;
  }
  return fits.only && fits.tag && !fits.skip;
}

function hasName({ id, key, template }: Task, { kind, text }: Name): boolean {
  if (kind === 'tag') return template.tags.includes(text);
  // Ids have no colon before `@`.
  if (text.startsWith(KEY))
    return key !== undefined && isLike(keyText(key), text.slice(KEY.length));
  return isLike(id, text) || isLike(template.id, text);
}

const KEY = 'key:';

function keyText(key: JsonValue): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

async function noSuch({ kind, text }: Name, plan: Plan): Promise<SelectedPlan> {
  const { tasks } = plan.manifest;
  if (text.startsWith(KEY) && kind !== 'tag') {
    return {
      ok: false,
      message: `\`--${kind} ${text}\` matches no task: no row has this key`,
      hint: 'a key is the value of the field that `for_each.key` names, else the path, the value itself, the field `id` or the row number',
    };
  }
  const known = kind === 'tag' ? tasks.flatMap(({ tags }) => tags) : tasks.map(({ id }) => id);
  const asKey: Name = { kind, text: `${KEY}${text}`, isUsed: false };
  const isKey = kind !== 'tag' && (await hasAny(plan, asKey));
  const near = isKey ? asKey.text : suggest(text, new Set(known));
  const hint =
    kind === 'tag'
      ? 'give tasks a tag with `tags:` in the manifest'
      : 'write an id, such as `review` or `review@src/auth.ts`; `*` stands for any characters';
  return {
    ok: false,
    message: `\`--${kind} ${text}\` matches no task`,
    hint: near === undefined ? hint : `did you mean \`--${kind} ${near}\`?`,
  };
}

async function hasAny(plan: Plan, name: Name): Promise<boolean> {
  for await (const task of plan.tasks()) if (hasName(task, name)) return true;
  return false;
}

function hintForNone({ only, tags, skip }: SelectionRules): string {
  return [...only, ...tags].length > 0 && skip.length > 0
    ? '`--skip` leaves out every selected task'
    : 'use fewer selectors: no task matches all of them';
}

/** Chains stay in one shard: the first task of the chain decides. */
function isInShard(task: Task, shard: Shard | undefined): boolean {
  if (!shard) return true;
  let root = task;
  while (root.followed) root = root.followed;
  return hashOf(root.id) % shard.of === shard.part - 1;
}

/** Marks a task. Returns 1 if it was not marked before, otherwise 0. */
function mark(chosen: Uint8Array, index: number): number {
  if (chosen[index] === 1) return 0;
  chosen[index] = 1;
  return 1;
}

/** Marks everything that the marked tasks need. */
export function addNeeds(chosen: Uint8Array, nodes: readonly TaskNode[]): void {
  const byTemplate = new Map(nodes.map((node) => [node.template, node]));
  const order = needsFirst(nodes.map(({ template }) => template)).toReversed();
  for (const template of order) {
    const node = byTemplate.get(template);
    if (!node || countIn(chosen, node) === 0) continue;
    for (const { node: needed, kind } of node.needs) {
      const { firstIndex, total } = needed;
      if (kind !== 'own') {
        chosen.fill(1, firstIndex, firstIndex + total);
        continue;
      }
      for (let place = 0; place < node.total; place += 1) {
        if (chosen[node.firstIndex + place] !== 1) continue;
        chosen[firstIndex + Math.floor(place / node.perRow)] = 1;
      }
    }
  }
}

function countIn(chosen: Uint8Array, { firstIndex, total }: TaskNode): number {
  return chosen.subarray(firstIndex, firstIndex + total).reduce((sum, one) => sum + one, 0);
}

/** The number of chosen tasks of each entry, and of each of its variants. */
function countsIn(
  chosen: Uint8Array,
  nodes: readonly TaskNode[],
): ReadonlyMap<TaskTemplate, number> {
  const counts = new Map<TaskTemplate, number>();
  for (const node of nodes) {
    const { template, firstIndex, total } = node;
    const { repeat = 1 } = template;
    const variants = variantsOf(template);
    const found = variants.map(() => 0);
    for (let offset = 0; offset < total; offset += 1) {
      // Models are the last axis of a matrix, and all samples of a model are adjacent.
      const place = Math.floor(offset / repeat) % variants.length;
      found[place] = (found[place] ?? 0) + (chosen[firstIndex + offset] ?? 0);
    }
    for (const [place, variant] of variants.entries()) counts.set(variant, found[place] ?? 0);
    counts.set(template, countIn(chosen, node));
  }
  return counts;
}

function narrowed(plan: Plan, chosen: Uint8Array): Plan {
  const counts = countsIn(chosen, plan.nodes);
  const has = ({ index }: Pick<Task, 'index'>): boolean => chosen[index] === 1;
  const countOf = (
    { template }: Pick<TaskNode, 'template'>,
    variant: TaskTemplate = template,
  ): number => counts.get(variant) ?? 0;
  const nodes = plan.nodes.filter((node) => countOf(node) > 0);
  const lanes = plan.lanes.flatMap((lane) => {
    const isLane = ({ provider, model }: ModelName): boolean =>
      provider === lane.provider && model === lane.model;
    if (!nodes.some(({ template }) => modelsOf(template).some(isLane))) return [];
    const total = nodes
      .flatMap(({ template }) => variantsOf(template))
      .filter(({ model }) => isLane(model))
      .reduce((sum, variant) => sum + countOf({ template: variant }), 0);
    return [{ ...lane, total, tasks: () => those(lane.tasks(), has) }];
  });
  return {
    ...plan,
    manifest: {
      ...plan.manifest,
      tasks: plan.manifest.tasks.filter((template) => countOf({ template }) > 0),
    },
    total: lanes.reduce((sum, { total }) => sum + total, 0),
    lanes,
    selection: { has, countOf },
    tasks: () => those(plan.tasks(), has),
    tasksOf: (node) => those(plan.tasksOf(node), has),
    unselected: () => those(plan.tasks(), (task) => !has(task)),
  };
}

async function* those(
  tasks: AsyncIterable<Task>,
  fits: (task: Task) => boolean,
): AsyncGenerator<Task, void, void> {
  for await (const task of tasks) if (fits(task)) yield task;
}
