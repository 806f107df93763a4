import type { TaskTemplate } from '../manifest/manifest.ts';
import { combinationsOf, type Combination } from './expand.ts';
import { makesMany } from './needs-data.ts';

/** A surveyed entry of `tasks`: how many tasks it has, and what they wait for. */
export interface TaskNode {
  readonly template: TaskTemplate;
  /** Index of its first task in the expanded manifest. */
  readonly firstIndex: number;
  readonly total: number;
  /** Tasks per row, or per task of the entry that it follows. */
  readonly perRow: number;
  /** The combinations of its matrix and models. */
  readonly combinations: readonly Combination[];
  readonly needs: readonly NodeNeed[];
  /** The entry that its `for_each` follows. */
  readonly follows: TaskNode | undefined;
}

export interface NodeNeed {
  readonly node: TaskNode;
  readonly allowFailed: boolean;
  /** `own`: the followed task. `one`: the only task of an entry. `all`: a list of its tasks. */
  readonly kind: 'own' | 'one' | 'all';
}

/**
 * Sorts each entry after the entries that it needs, otherwise in manifest order. Assumes a graph
 * without cycles.
 */
export function needsFirst(tasks: readonly TaskTemplate[]): readonly TaskTemplate[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const ordered = new Set<TaskTemplate>();
  for (const task of tasks) {
    const stack = [task];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const missing = (top.needs ?? [])
        .flatMap(({ id }) => byId.get(id) ?? [])
        .filter((needed) => !ordered.has(needed));
      if (missing.length > 0) {
        stack.push(...missing.toReversed());
      } else {
        ordered.add(top);
        stack.pop();
      }
    }
  }
  return [...ordered];
}

/** The nodes of all entries, in manifest order, linked to the nodes that they need. */
export function linkNodes(
  tasks: readonly TaskTemplate[],
  totalOf: (template: TaskTemplate) => number,
): readonly TaskNode[] {
  const firstIndexes = new Map<TaskTemplate, number>();
  let index = 0;
  for (const task of tasks) {
    firstIndexes.set(task, index);
    index += totalOf(task);
  }
  const nodes = new Map<string, TaskNode>();
  for (const template of needsFirst(tasks)) {
    const { forEach, needs = [] } = template;
    const followed = forEach?.kind === 'needs' ? forEach.task : undefined;
    nodes.set(template.id, {
      template,
      firstIndex: firstIndexes.get(template) ?? 0,
      total: totalOf(template),
      perRow: tasksPerRow(template),
      combinations: combinationsOf(template),
      needs: needs.flatMap(({ id, allowFailed }): NodeNeed[] => {
        const node = nodes.get(id);
        if (!node) return [];
        const kind = id === followed ? 'own' : makesMany(node.template) ? 'all' : 'one';
        return [{ node, allowFailed, kind }];
      }),
      follows: followed === undefined ? undefined : nodes.get(followed),
    });
  }
  return tasks.flatMap(({ id }) => nodes.get(id) ?? []);
}

export function tasksPerRow(template: TaskTemplate): number {
  return combinationsOf(template).length * (template.repeat ?? 1);
}

/**
 * The order in which to send ready tasks. First come the entries that the longest chain waits for.
 * Within a chain of `for_each: {needs: …}`, later steps come first, which finishes items and frees
 * their results early. Otherwise, the manifest order applies.
 */
export function byUrgency(nodes: readonly TaskNode[]): readonly TaskNode[] {
  const height = new Map<TaskNode, number>();
  const depth = new Map<TaskNode, number>();
  const ordered = needsFirst(nodes.map(({ template }) => template));
  const byTemplate = new Map(nodes.map((node) => [node.template, node]));
  const sorted = ordered.flatMap((template) => byTemplate.get(template) ?? []);
  for (const node of sorted) {
    depth.set(node, node.follows ? (depth.get(node.follows) ?? 0) + 1 : 0);
  }
  for (const node of sorted.toReversed()) {
    const own = height.get(node) ?? 0;
    for (const { node: needed, kind } of node.needs) {
      const above = kind === 'own' ? own : own + 1;
      height.set(needed, Math.max(height.get(needed) ?? 0, above));
    }
  }
  return nodes.toSorted(
    (one, other) =>
      (height.get(other) ?? 0) - (height.get(one) ?? 0) ||
      (depth.get(other) ?? 0) - (depth.get(one) ?? 0),
  );
}
