import { variantsOf } from '../manifest/task-models.ts';
import { tasksFollowing } from '../plan/expand.ts';
import { byUrgency, type TaskNode } from '../plan/graph.ts';
import type { Plan } from '../plan/plan.ts';
import type { Task } from '../plan/task.ts';
import { createChanges } from '../ports/changes.ts';
import type { ResultRecord } from '../results/record.ts';
import {
  enterEnd,
  flowNodes,
  forgetResults,
  isOver,
  roughBytes,
  standing,
  tasksOfVariant,
  type FlowNode,
  type ReadyTask,
} from './needs-state.ts';
import type { Resumption } from './resume.ts';

/** A task of an entry, with the outcome of the task that it follows. */
export type Taken = Pick<ReadyTask, 'task'> & Partial<Pick<ReadyTask, 'own'>>;

/**
 * How many results may wait for a later step of a chain before the earlier step pauses. It also
 * pauses if they need too much memory.
 */
const MOST_READY = 50_000;

export type EntryProgress = ReturnType<typeof createEntryProgress>;

/** How far each entry is, and so which entries can give out a task. */
export function createEntryProgress(plan: Plan, resumption: Resumption | undefined) {
  const nodes = flowNodes(plan);
  const changes = createChanges();

  /** The nodes of an entry, one per model. */
  function flowsOf({ template }: TaskNode): readonly FlowNode[] {
    return variantsOf(template).flatMap((variant) => nodes.get(variant) ?? []);
  }

  function exhaust(flow: FlowNode): void {
    flow.isExhausted = true;
    flow.ready.clear();
    flow.readyBytes = 0;
    for (const { on, kind } of flow.needs) {
      if (kind === 'own') continue;
      on.users -= 1;
      if (on.users === 0) forgetResults(on);
    }
    changes.tell();
  }

  function end(flow: FlowNode, task: Task, record: ResultRecord): void {
    const ended = enterEnd(flow, task, record);
    for (const follower of flow.followers) {
      for (const next of tasksFollowing(follower.node, task)) {
        if (next.template !== follower.template) continue;
        const isPart = plan.selection?.has(next) ?? true;
        if (!isPart) continue;
        follower.ready.add({ task: next, own: ended });
        follower.readyBytes += roughBytes(ended.result);
      }
    }
    changes.tell();
  }

  return {
    flows: [...nodes.values()],
    /** The most urgent first. */
    order: doneFirst(byUrgency(plan.nodes), resumption).flatMap(flowsOf),
    changes,
    flowOf(task: Task): FlowNode {
      const flow = nodes.get(task.template);
      if (!flow) throw new Error(`task \`${task.id}\` does not belong to any entry of the plan`);
      return flow;
    },
    /** Whether an entry can give out a task now. Also notices if it never will again. */
    canGive(flow: FlowNode): boolean {
      const stands = standing(flow);
      const { follows } = flow.node;
      const isDry = follows !== undefined && flow.ready.size === 0;
      if (stands === 'never' || (isDry && flowsOf(follows).every(isOver))) {
        exhaust(flow);
        return false;
      }
      return stands === 'open' && !isDry && !isHeldBack(flow);
    },
    /** The next task of an entry that can give one; undefined if it has none after all. */
    async take(flow: FlowNode): Promise<Taken | undefined> {
      if (flow.node.follows) {
        const [next] = flow.ready;
        if (!next) return undefined;
        const wasFull = isFull(flow);
        flow.ready.delete(next);
        flow.readyBytes -= roughBytes(next.own.result);
        // The earlier step was paused until now.
        if (wasFull && !isFull(flow)) changes.tell();
        return next;
      }
      flow.stream ??= tasksOfVariant(flow, plan)[Symbol.asyncIterator]();
      const next = await flow.stream.next();
      if (next.done !== true) return { task: next.value };
      exhaust(flow);
      return undefined;
    },
    end,
    /** Like `end`, but reads the record only if a task needs it. */
    async keep(flow: FlowNode, task: Task, record: () => Promise<ResultRecord>): Promise<void> {
      if (flow.users > 0 || flow.followers.length > 0) return end(flow, task, await record());
      flow.ended += 1;
      changes.tell();
    },
    /** Notes that a task is not part of this kind of resume. */
    leave(flow: FlowNode): void {
      flow.left += 1;
      changes.tell();
    },
  };
}

/**
 * Puts completed entries first that others need: they cost no request, and the tasks that need them
 * may belong to a lane with free slots.
 */
function doneFirst(
  nodes: readonly TaskNode[],
  resumption: Resumption | undefined,
): readonly TaskNode[] {
  if (!resumption) return nodes;
  const needed = new Set(nodes.flatMap(({ needs }) => needs.map(({ node }) => node)));
  const isDone = (node: TaskNode): boolean =>
    needed.has(node) && !resumption.toSendOfEntry.get(node.template.id);
  return [...nodes.filter(isDone), ...nodes.filter((node) => !isDone(node))];
}

/** Whether an entry has to wait because a later step cannot keep up. */
export function isHeldBack({ followers }: FlowNode): boolean {
  return followers.some(isBacklogged);
}

/** Whether enough results wait for a later step that is able to use them. */
function isBacklogged(follower: FlowNode): boolean {
  return isFull(follower) && !isOver(follower) && standing(follower) === 'open';
}

function isFull({ ready, readyBytes, memory }: FlowNode): boolean {
  return ready.size >= MOST_READY || readyBytes > memory.mostBytes / 2;
}
