import { needsFirst, type TaskNode } from '../plan/graph.ts';
import type { Task } from '../plan/task.ts';
import { interruptible } from '../run/interruptible.ts';
import type { ChangeCounts, ChangeReason, Comparison, TaskChange } from './change.ts';
import { reasonsFor } from './change-reasons.ts';
import { imageOf, type Side, type TaskImage } from './task-image.ts';

/**
 * Compares two manifests task by task. A task with the same request as any task of the base is
 * unchanged, whatever its position and id. A task that needs a new, changed or removed one has
 * changed as well.
 */
export async function compareTasks(
  sides: { readonly now: Side; readonly base: Side | undefined },
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Comparison> {
  const { now, base } = sides;
  const { plan } = now;
  const before = new Map<string, TaskImage>();
  const idOfRequest = new Map<string, string>();
  if (base) {
    for await (const task of interruptible(base.plan.tasks(), signal)) {
      const image = await imageOf(task, base);
      before.set(task.id, image);
      if (!idOfRequest.has(image.request)) idOfRequest.set(image.request, task.id);
    }
  }
  const isChanged = new Uint8Array(plan.end);
  const found = new Map<number, Found>();
  const ids = new Set<string>();
  const requests = new Set<string>();

  async function stateOf(task: Task, image: TaskImage): Promise<Found | undefined> {
    const own = before.get(task.id);
    if (own?.request === image.request) return undefined;
    const wasId = idOfRequest.get(image.request);
    if (wasId !== undefined) return { change: 'unchanged', wasId, reasons: [] };
    if (!own || !base) return { change: 'new', reasons: [] };
    return { change: 'changed', reasons: await reasonsFor(task, image, own, { now, base }) };
  }

  for await (const task of interruptible(plan.tasks(), signal)) {
    const image = await imageOf(task, now);
    ids.add(task.id);
    requests.add(image.request);
    const state = await stateOf(task, image);
    if (!state) continue;
    found.set(task.index, state);
    if (state.change !== 'unchanged') isChanged[task.index] = 1;
  }
  // Unselected tasks were not removed.
  for await (const task of interruptible(plan.unselected(), signal)) {
    ids.add(task.id);
    requests.add((await imageOf(task, now)).request);
  }
  const removed = [...before].flatMap(([id, { request, template }]) =>
    ids.has(id) || requests.has(request) ? [] : [{ id, entry: template.id }],
  );
  const removedFrom = new Set(removed.map(({ entry }) => entry));
  await passOn({ now, isChanged, found, removedFrom, signal });
  const counts = countsOf(found, { total: plan.total, removed: removed.length, ids });
  return {
    isChanged,
    counts,
    async *changes() {
      for await (const { id, index } of plan.tasks()) yield changeOf(id, found.get(index), ids);
      for (const { id } of removed) yield { id, change: 'removed', reasons: [] };
    },
  };
}

interface Found {
  readonly change: 'new' | 'changed' | 'unchanged';
  readonly wasId?: string;
  readonly reasons: readonly ChangeReason[];
}

function changeOf(id: string, found: Found | undefined, ids: ReadonlySet<string>): TaskChange {
  const { change = 'unchanged', wasId, reasons = [] } = found ?? {};
  return { id, ...(isRenamed(found, ids) && { was_id: wasId ?? '' }), change, reasons };
}

/** Whether an unchanged task was renamed. It was not if another task still has the old id. */
function isRenamed(found: Found | undefined, ids: ReadonlySet<string>): boolean {
  return found?.change === 'unchanged' && found.wasId !== undefined && !ids.has(found.wasId);
}

function countsOf(
  found: ReadonlyMap<number, Found>,
  { total, removed, ids }: { total: number; removed: number; ids: ReadonlySet<string> },
): ChangeCounts {
  const all = [...found.values()];
  const count = (change: Found['change']): number =>
    all.filter((each) => each.change === change).length;
  const [fresh, changed] = [count('new'), count('changed')];
  return {
    new: fresh,
    changed,
    removed,
    unchanged: total - fresh - changed,
    renamed: all.filter((each) => isRenamed(each, ids)).length,
  };
}

interface PassOn {
  readonly now: Side;
  readonly isChanged: Uint8Array;
  readonly found: Map<number, Found>;
  /** Ids of entries that lost a task. */
  readonly removedFrom: ReadonlySet<string>;
  readonly signal: AbortSignal | undefined;
}

/** Marks the tasks that need a new, changed or removed one. */
async function passOn({ now, isChanged, found, removedFrom, signal }: PassOn): Promise<void> {
  const { plan } = now;
  const nodes = new Map(plan.nodes.map((node) => [node.template, node]));
  const differs = ({ template, firstIndex, total }: TaskNode): boolean =>
    removedFrom.has(template.id) || isChanged.subarray(firstIndex, firstIndex + total).includes(1);
  for (const template of needsFirst(plan.nodes.map((node) => node.template))) {
    const node = nodes.get(template);
    if (!node || node.needs.length === 0) continue;
    const isAll = node.needs.some(({ kind, node: needed }) => kind !== 'own' && differs(needed));
    const isSome = node.needs.some(({ kind, node: needed }) => kind === 'own' && differs(needed));
    if (!isAll && !isSome) continue;
    for await (const task of interruptible(plan.tasksOf(node), signal)) {
      const { index, followed } = task;
      if (!isAll && (!followed || isChanged[followed.index] !== 1)) continue;
      const state = found.get(index);
      if (state?.change === 'new') continue;
      isChanged[index] = 1;
      const reasons = state?.change === 'changed' ? state.reasons : [];
      const all = new Set([...reasons, 'needs'] as const);
      found.set(index, { change: 'changed', reasons: [...all] });
    }
  }
}
