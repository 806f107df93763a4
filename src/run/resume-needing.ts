import { variantsOf } from '../manifest/task-models.ts';
import { needsFirst } from '../plan/graph.ts';
import type { NeedsData } from '../plan/needs-data.ts';
import type { Plan } from '../plan/plan.ts';
import type { Task } from '../plan/task.ts';
import type { ResultRecord } from '../results/record.ts';
import {
  endOf,
  enterEnd,
  flowNodes,
  needsOf,
  tasksOfVariant,
  type Ended,
  type FlowNode,
} from './needs-state.ts';
import { interruptible } from './interruptible.ts';

/** Which tasks are decided so far, and functions to decide more. */
export interface Deciding {
  readonly plan: Plan;
  readonly isKept: (task: Task) => boolean;
  readonly recordOf: (task: Task) => Promise<ResultRecord>;
  readonly decide: (task: Task, needs: NeedsData | undefined) => Promise<void>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Decides the tasks whose needs all have kept results, so that the requests of these tasks are
 * known before anything is sent. The other tasks remain undecided.
 */
export async function decideNeeding(deciding: Deciding): Promise<void> {
  const { plan } = deciding;
  const nodes = flowNodes(plan);
  const entries = needsFirst(plan.nodes.map(({ template }) => template));
  for (const variant of entries.flatMap(variantsOf)) {
    const flow = nodes.get(variant);
    if (!flow || flow.total === 0) continue;
    if (flow.needs.length > 0) await decideEntry(flow, deciding);
    if (flow.users > 0) await readResults(flow, deciding);
  }
}

async function decideEntry(flow: FlowNode, deciding: Deciding): Promise<void> {
  const { plan, isKept, signal } = deciding;
  const isOpen = flow.needs.every(
    ({ on, kind }) => kind === 'own' || (on.ended === on.total && !on.isTooLarge),
  );
  if (!isOpen) return;
  for await (const task of interruptible(tasksOfVariant(flow, plan), signal)) {
    const { followed } = task;
    if (followed && !isKept(followed)) continue;
    const own = followed && (await keptEnd(followed, deciding));
    await deciding.decide(task, needsOf(flow, own));
  }
}

/** Collects the kept results of an entry that others need completely. */
async function readResults(flow: FlowNode, deciding: Deciding): Promise<void> {
  for await (const task of interruptible(tasksOfVariant(flow, deciding.plan), deciding.signal)) {
    // If one result is missing, all tasks that need the entry have to wait.
    if (!deciding.isKept(task)) return;
    enterEnd(flow, task, await deciding.recordOf(task));
  }
}

async function keptEnd(task: Task, { recordOf }: Deciding): Promise<Ended> {
  return endOf(task, await recordOf(task));
}
