import type { Failure } from '../errors/failure.ts';
import type { TaskTemplate } from '../manifest/manifest.ts';
import { variantsOf } from '../manifest/task-models.ts';
import type { TaskNode } from '../plan/graph.ts';
import type { Plan } from '../plan/plan.ts';
import type { NeedResult, NeedsData } from '../plan/needs-data.ts';
import type { Task } from '../plan/task.ts';
import type { JsonValue } from '../ports/json.ts';
import { heapLimitBytes } from '../ports/system-heap.ts';
import { endedWell, type ResultRecord } from '../results/record.ts';

/** The progress of an entry of the manifest with one of its models. Only the flow changes it. */
export interface FlowNode {
  readonly node: TaskNode;
  /** The entry's template for this model. */
  readonly template: TaskTemplate;
  readonly needs: readonly FlowNeed[];
  /** Entries whose `for_each` follows this one. */
  readonly followers: FlowNode[];
  /** Tasks of this run. */
  readonly total: number;
  /** How many tasks have a record, including those from earlier runs. */
  ended: number;
  /** How many tasks are not part of this kind of resume. */
  left: number;
  /** How many tasks were given out, or wait for another task's answer. */
  outstanding: number;
  /** The first task that failed. */
  failed: { readonly id: string; readonly how: string } | undefined;
  /**
   * How many entries still need all results of this one. The results are kept while there are any.
   */
  users: number;
  results: Array<NeedResult | undefined>;
  /** Roughly, the memory for the results. */
  keptBytes: number;
  /** Whether the results need too much memory. None is kept then. */
  isTooLarge: boolean;
  /** The memory for the results of all entries. */
  readonly memory: KeptMemory;
  /** The successful results, set once all tasks have ended and a task needed the list. */
  list: readonly NeedResult[] | undefined;
  /** Tasks that follow a task that has ended. */
  readonly ready: Set<ReadyTask>;
  /** Roughly, the memory for their results. */
  readyBytes: number;
  /** Reads the tasks of an entry that does not follow another one. */
  stream: AsyncIterator<Task> | undefined;
  isExhausted: boolean;
  /** Whether the entry's lane has ended, so that outstanding tasks will never end. */
  isLaneOver: boolean;
}

export interface KeptMemory {
  bytes: number;
  readonly mostBytes: number;
}

export interface FlowNeed {
  readonly on: FlowNode;
  readonly kind: 'own' | 'one' | 'all';
  readonly allowFailed: boolean;
}

/** A task, and the outcome of the task that it follows. */
export interface ReadyTask {
  readonly task: Task;
  readonly own: Ended;
}

export interface Ended {
  readonly result: NeedResult;
  /** False if the task's own condition skipped it. */
  readonly didFail: boolean;
}

/** The nodes of a plan, one per entry and model, each linked to the nodes it needs. */
export function flowNodes(
  { nodes, selection }: Pick<Plan, 'nodes' | 'selection'>,
  mostBytes = heapLimitBytes() * SHARE_FOR_RESULTS,
): ReadonlyMap<TaskTemplate, FlowNode> {
  const memory: KeptMemory = { bytes: 0, mostBytes };
  const flow = new Map<TaskTemplate, FlowNode>();
  const made = (node: TaskNode, template: TaskTemplate): FlowNode => {
    const known = flow.get(template);
    if (known) return known;
    const total =
      selection?.countOf(node, template) ?? node.total / variantsOf(node.template).length;
    const fresh: FlowNode = {
      node,
      template,
      needs: [],
      followers: [],
      total,
      ended: 0,
      left: 0,
      outstanding: 0,
      failed: undefined,
      users: 0,
      results: [],
      keptBytes: 0,
      isTooLarge: false,
      memory,
      list: undefined,
      ready: new Set(),
      readyBytes: 0,
      stream: undefined,
      isExhausted: total === 0,
      isLaneOver: false,
    };
    flow.set(template, fresh);
    return fresh;
  };
  for (const node of nodes) {
    const needs = node.needs.flatMap(({ node: needed, kind, allowFailed }) =>
      variantsOf(needed.template).map((template): FlowNeed => ({
        on: made(needed, template),
        kind,
        allowFailed,
      })),
    );
    for (const template of variantsOf(node.template)) {
      const linked = Object.assign(made(node, template), { needs });
      if (linked.total === 0) continue;
      for (const { on, kind } of needs) {
        if (kind === 'own') on.followers.push(linked);
        else on.users += 1;
      }
    }
  }
  return flow;
}

/** The share of the heap that results may take which later tasks need. */
const SHARE_FOR_RESULTS = 1 / 4;

/** The tasks of an entry for one model. Each call starts from the first task. */
export async function* tasksOfVariant(
  { node, template }: FlowNode,
  plan: Pick<Plan, 'tasksOf'>,
): AsyncGenerator<Task, void, void> {
  for await (const task of plan.tasksOf(node)) if (task.template === template) yield task;
}

/**
 * Whether an entry's tasks may be sent, judging by the entries that it needs completely. `never`
 * means that one of these will not end in this run.
 */
export function standing({ needs }: FlowNode): 'open' | 'waiting' | 'never' {
  let found: 'open' | 'waiting' | 'never' = 'open';
  for (const { on, kind, allowFailed } of needs) {
    if (kind === 'own') continue;
    // The tasks will be skipped, so there is no reason to wait for the other needs.
    if (on.failed && !allowFailed) return 'open';
    if (on.ended === on.total) continue;
    if (isOver(on)) found = 'never';
    else if (found === 'open') found = 'waiting';
  }
  return found;
}

/** Whether none of its remaining tasks will end. */
export function isOver({ isExhausted, isLaneOver, outstanding }: FlowNode): boolean {
  return isLaneOver || (isExhausted && outstanding === 0);
}

/** Why a task is skipped, judging by how its needs ended; undefined if it is sent. */
export function obstacle({ needs }: FlowNode, own: Ended | undefined): Failure | undefined {
  let skipped: Failure | undefined;
  for (const { on, kind, allowFailed } of needs) {
    if (kind !== 'own') {
      if (on.isTooLarge) return resultsTooLarge(on);
      if (on.failed && !allowFailed) return dependencyFailed(on.failed);
    } else if (own?.didFail && !allowFailed) {
      return dependencyFailed({ id: own.result.id, how: HOW[own.result.status] });
    } else if (own?.result.status === 'skipped' && !own.didFail) {
      const message = `\`${own.result.id}\`, whose result it builds on, was skipped`;
      // A failed need takes precedence over a skipped one.
      skipped ??= { code: 'CONDITION_FALSE', message, retryable: false };
    }
  }
  return skipped;
}

function dependencyFailed({ id, how }: NonNullable<FlowNode['failed']>): Failure {
  return {
    code: 'DEPENDENCY_FAILED',
    message: `\`${id}\`, which it needs, ${how}`,
    retryable: false,
    hint: '`--resume` runs it once that succeeds; `allow_failed: true` continues without it',
  };
}

function resultsTooLarge({ node, memory }: FlowNode): Failure {
  const { id } = node.template;
  const most = Math.floor(memory.mostBytes / 2 ** 20);
  return {
    code: 'TEMPLATE',
    message: `the results of \`${id}\` need more than ${most} MB of memory, a quarter of what Node may use`,
    retryable: false,
    hint: `use them one at a time with \`for_each: { needs: ${id} }\`, or set NODE_OPTIONS=--max-old-space-size=MB`,
  };
}

const HOW = {
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'was canceled',
  skipped: 'was skipped',
} as const;

/** The end of a task as other tasks' templates see it. */
export function endOf(task: Task, record: ResultRecord): Ended {
  const { status, output = null, usage } = record;
  const didFail = !endedWell(record);
  const result: NeedResult = {
    id: task.id,
    status,
    output,
    ...(task.item === undefined ? {} : { item: task.item }),
    ...(task.matrix === undefined ? {} : { matrix: task.matrix }),
    usage: usage && { ...usage },
  };
  return { result, didFail };
}

/** Records the end of a task. */
export function enterEnd(flow: FlowNode, task: Task, record: ResultRecord): Ended {
  const ended = endOf(task, record);
  flow.ended += 1;
  if (ended.didFail) flow.failed ??= { id: task.id, how: HOW[record.status] };
  if (flow.users > 0 && !flow.isTooLarge) keepResult(flow, task, ended.result);
  return ended;
}

function keepResult(flow: FlowNode, task: Task, result: NeedResult): void {
  const bytes = roughBytes(result);
  flow.keptBytes += bytes;
  flow.memory.bytes += bytes;
  flow.isTooLarge = flow.memory.bytes > flow.memory.mostBytes;
  if (flow.isTooLarge) forgetResults(flow);
  else flow.results[task.index - flow.node.firstIndex] = result;
}

/** Frees the memory of an entry's results. */
export function forgetResults(flow: FlowNode): void {
  flow.results = [];
  flow.list = undefined;
  flow.memory.bytes -= flow.keptBytes;
  flow.keptBytes = 0;
}

/** Roughly what a value takes in V8's heap. */
export function roughBytes(value: JsonValue | undefined): number {
  if (typeof value === 'string') return 24 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.values(value).reduce<number>((sum, each) => sum + 16 + roughBytes(each), 40);
}

/** The `needs` of a task's templates, once its entry is open. */
export function needsOf({ needs }: FlowNode, own: Ended | undefined): NeedsData | undefined {
  if (needs.length === 0) return undefined;
  const data: Record<string, JsonValue> = {};
  for (const { on, kind } of needs) {
    const { id } = on.node.template;
    if (kind === 'all') {
      data[id] ??= listOf(needs.map((need) => need.on).filter(({ node }) => node === on.node));
      continue;
    }
    const result = kind === 'own' ? own?.result : on.results[0];
    if (result) data[id] = result;
  }
  return data;
}

/** The successful results of an entry, across all its models, in manifest order. */
function listOf(flows: readonly FlowNode[]): readonly NeedResult[] {
  const [first] = flows;
  if (!first) return [];
  if (!first.list) {
    const results: Array<NeedResult | undefined> = [];
    for (const flow of flows) {
      // Each variant fills only its own places.
      flow.results.forEach((result, at) => {
        results[at] = result;
      });
    }
    first.list = results.flatMap((result) => (result?.status === 'succeeded' ? result : []));
  }
  return first.list;
}
