import { variantsOf } from '../manifest/task-models.ts';
import type { NeedsData } from '../plan/needs-data.ts';
import type { Plan } from '../plan/plan.ts';
import { byUrgency, type TaskNode } from '../plan/graph.ts';
import { tasksFollowing } from '../plan/expand.ts';
import { requestFingerprint } from '../plan/fingerprint.ts';
import type { PromptRequest, RenderedTask, Task } from '../plan/task.ts';
import type { CachedAnswer } from '../response-cache/cached-answer.ts';
import type { ResultRecord } from '../results/record.ts';
import type { LaneName } from '../schedule/events.ts';
import type { FedTask, FeedItem } from '../schedule/feed-item.ts';
import {
  enterEnd,
  flowNodes,
  isOver,
  needsOf,
  obstacle,
  standing,
  tasksOfVariant,
  type FlowNode,
} from './needs-state.ts';
import type { Resumption } from './resume.ts';
import type { CachedAnswers } from './cached-answers.ts';
import { laneName, taskContent } from './task-content.ts';
import { laneFeed, type Taken } from './lane-feed.ts';
import { createSingleFlight, type SingleFlight } from './single-flight.ts';

/**
 * Gives the scheduler the tasks that are ready, lane by lane: those whose needs have ended, without
 * those that an earlier run did, and each request once. Rows are read as a stream; of results, only
 * those are kept that a task still waits for.
 */
export interface TaskFlow {
  feed(lane: LaneName): AsyncIterable<FeedItem>;
  /** A task that the feed gave is not sent after all, and has no record: its lane has stopped. */
  left(task: Task): void;
  /** What a task that was given out sees of others, for its answer to be judged by. */
  needsOf(task: Task): NeedsData | undefined;
  /** A task ended and its record is kept. Gives those that asked for the same: they share it. */
  ended(task: Task, record: ResultRecord): readonly Task[];
  /** Nothing of the lane is in flight any more, nor will be. */
  laneEnded(lane: LaneName): void;
  /**
   * Tasks that were undecided at the start and then needed no sending: those that an earlier run did,
   * and those that this kind of resume leaves alone. `unreached`: those that need a task left alone,
   * to be asked when a run has ended by itself.
   */
  late(): { readonly kept: number; readonly left: number; readonly unreached: number };
}

export interface FlowOptions {
  readonly plan: Plan;
  /** Of the provider of a lane. */
  readonly hostOf: (lane: LaneName) => string;
  readonly resumption: Resumption | undefined;
  /** Keeps the record of a task as a copy of another's; then calls `ended`. */
  readonly share: (task: Task, original: ResultRecord) => Promise<void>;
  /** Answers that need no sending; undefined: there are none. */
  readonly cached: CachedAnswers | undefined;
  /** Keeps the record of a task whose answer was found there; then calls `ended`. */
  readonly serve: (
    task: Task,
    found: { readonly answer: CachedAnswer; readonly request: PromptRequest },
  ) => Promise<void>;
  /** Told of a task that turns out to need no sending only now that its needs have ended. */
  readonly onNotSent: (task: Task) => void;
}

/** Tasks that may wait for the answer to the same request: beyond, the lane is fed no more. */
const MOST_WAITING = 1_000;
/** Results that may wait for a later step of a chain before the earlier step is held back. */
const MOST_READY = 50_000;

export function createTaskFlow(options: FlowOptions): TaskFlow {
  const { plan, resumption } = options;
  const nodes = flowNodes(plan);
  const order = doneFirst(byUrgency(plan.nodes), resumption).flatMap(flowsOf);
  const flights = new Map<LaneName, SingleFlight>();
  const late = { kept: 0, left: 0 };
  /** Tasks in progress whose answer will be judged, by index. */
  const judgedWith = new Map<number, NeedsData>();
  let changed = Promise.withResolvers<void>();

  function tellChange(): void {
    const told = changed;
    changed = Promise.withResolvers<void>();
    told.resolve();
  }

  function nodeOf(task: Task): FlowNode {
    const node = nodes.get(task.template);
    if (!node) throw new Error(`task \`${task.id}\` is of no entry of the plan`);
    return node;
  }

  /** One per model. */
  function flowsOf({ template }: TaskNode): readonly FlowNode[] {
    return variantsOf(template).flatMap((variant) => nodes.get(variant) ?? []);
  }

  function flightOf(lane: LaneName): SingleFlight {
    const flight = flights.get(lane) ?? createSingleFlight();
    flights.set(lane, flight);
    return flight;
  }

  function exhaust(flow: FlowNode): void {
    flow.isExhausted = true;
    flow.ready.clear();
    for (const { on, kind } of flow.needs) {
      if (kind === 'own') continue;
      on.users -= 1;
      if (on.users > 0) continue;
      on.results = [];
      on.list = undefined;
    }
    tellChange();
  }

  /** Whether it has a task to give now. Notices when it never will again. */
  function canGive(flow: FlowNode): boolean {
    const stands = standing(flow);
    const { follows } = flow.node;
    const isDry = follows !== undefined && flow.ready.size === 0;
    if (stands === 'never' || (isDry && flowsOf(follows).every(isOver))) {
      exhaust(flow);
      return false;
    }
    return stands === 'open' && !isDry && !isHeldBack(flow);
  }

  /** The next task of a node that can give one; undefined when it turns out to have none. */
  async function take(flow: FlowNode): Promise<Taken | undefined> {
    const { node } = flow;
    if (node.follows) {
      const [next] = flow.ready;
      if (next) flow.ready.delete(next);
      // The earlier step was held back.
      if (flow.ready.size === MOST_READY - 1) tellChange();
      return next;
    }
    flow.stream ??= tasksOfVariant(flow, plan)[Symbol.asyncIterator]();
    const next = await flow.stream.next();
    if (next.done !== true) return { task: next.value };
    exhaust(flow);
    return undefined;
  }

  function end(flow: FlowNode, task: Task, record: ResultRecord): void {
    const ended = enterEnd(flow, task, record);
    for (const follower of flow.followers) {
      for (const next of tasksFollowing(follower.node, task)) {
        if (next.template !== follower.template) continue;
        const isPart = plan.selection?.has(next) ?? true;
        if (isPart) follower.ready.add({ task: next, own: ended });
      }
    }
    tellChange();
  }

  function leave(flow: FlowNode): void {
    flow.left += 1;
    tellChange();
  }

  async function keep(flow: FlowNode, task: Task, record: () => Promise<ResultRecord>) {
    if (flow.users > 0 || flow.followers.length > 0) return end(flow, task, await record());
    flow.ended += 1;
    tellChange();
  }

  async function share(flow: FlowNode, task: Task, original: ResultRecord): Promise<false> {
    flow.outstanding += 1;
    await options.share(task, original);
    return false;
  }

  /** Acts on what the results file says of a task. True: it is to be sent. */
  async function passResumed(
    flow: FlowNode,
    task: Task,
    found: NeedsData | 'skipped' | undefined,
  ): Promise<boolean> {
    if (!resumption || resumption.fateOf(task) === 'send') return true;
    const decision = await resumption.decide(task, found);
    if (decision.kind === 'send') return true;
    if (decision.kind === 'share') return share(flow, task, decision.record);
    if (decision.kind === 'keep') {
      late.kept += 1;
      await keep(flow, task, async () => decision.record);
    } else {
      late.left += 1;
      leave(flow);
    }
    options.onNotSent(task);
    return false;
  }

  /** Whether no other task asked for the same; else that one's answer is, or will be, shared. */
  async function passShared(flow: FlowNode, task: Task, fingerprint: string, lane: LaneName) {
    const entry = flightOf(lane).enter(task, flightKey(task, fingerprint));
    if (entry.kind === 'share') return share(flow, task, entry.record);
    if (entry.kind === 'wait') flow.outstanding += 1;
    return entry.kind === 'send';
  }

  /** Whether no answer to it is cached; else that one is kept. */
  async function passCached(
    flow: FlowNode,
    task: Task,
    request: PromptRequest,
    { fingerprint, needs }: { readonly fingerprint: string; readonly needs: NeedsData | undefined },
  ): Promise<boolean> {
    if (!options.cached) return true;
    // A fallback's answer will do.
    const { fingerprints } = task.template.fallbacks
      ? await taskContent(task, { plan, hostOf: options.hostOf, needs, withEarlier: false })
      : { fingerprints: [fingerprint] };
    const found = await options.cached.find(task, fingerprints);
    if (!found) return true;
    flow.outstanding += 1;
    await options.serve(task, { answer: found.answer, request });
    return false;
  }

  /** The task with its texts, if it is to be given out; else it was dealt with, or waits for another's answer. */
  async function admit(
    flow: FlowNode,
    { task, own }: Taken,
    lane: LaneName,
  ): Promise<FedTask | undefined> {
    const fate = resumption?.fateOf(task) ?? 'send';
    if (resumption && fate === 'keep') {
      await keep(flow, task, () => resumption.recordOf(task));
      return undefined;
    }
    if (fate === 'leave') {
      leave(flow);
      return undefined;
    }
    const failure = obstacle(flow, own);
    // What was skipped early is not filled in: its lists are not complete yet.
    const needs = failure ? undefined : needsOf(flow, own);
    if (needs && task.template.expect) judgedWith.set(task.index, needs);
    let rendered: RenderedTask = failure
      ? { ok: false, failure }
      : await plan.render(task, { needs });
    if (!(await passResumed(flow, task, failure ? 'skipped' : needs))) return undefined;
    if (rendered.ok) {
      const fingerprint = requestFingerprint(rendered.request, options.hostOf(lane));
      const { request } = rendered;
      if (!(await passCached(flow, task, request, { fingerprint, needs }))) return undefined;
      const isSample = task.sample !== undefined;
      if (!isSample && !(await passShared(flow, task, fingerprint, lane))) return undefined;
      rendered = { ...rendered, fingerprint };
    }
    flow.outstanding += 1;
    if (!task.template.fallbacks) return { task, rendered };
    return { task, rendered, renderFor: (model) => plan.render(task, { needs, model }) };
  }

  return {
    feed: (lane) =>
      laneFeed({
        entries: order.filter(({ template }) => laneOf(template) === lane),
        isHeld: () => flightOf(lane).waiting() >= MOST_WAITING,
        canGive,
        isHeldBack,
        take,
        admit: (flow, taken) => admit(flow, taken, lane),
        nextChange: () => changed.promise,
        tellChange,
      }),
    left(task) {
      for (const each of [task, ...flightOf(laneOf(task.template)).abandoned(task)]) {
        judgedWith.delete(each.index);
        nodeOf(each).outstanding -= 1;
      }
      tellChange();
    },
    needsOf: (task) => judgedWith.get(task.index),
    ended(task, record) {
      judgedWith.delete(task.index);
      const flow = nodeOf(task);
      flow.outstanding -= 1;
      end(flow, task, record);
      return flightOf(laneOf(task.template)).landed(task, record);
    },
    laneEnded(lane) {
      for (const flow of nodes.values()) {
        if (laneOf(flow.template) === lane) flow.isLaneOver = true;
      }
      tellChange();
    },
    late() {
      const nodesLeft = [...nodes.values()].some(({ left }) => left > 0);
      if (!nodesLeft) return { ...late, unreached: 0 };
      const unreached = [...nodes.values()].reduce(
        (sum, { total, ended, left }) => sum + total - ended - left,
        0,
      );
      return { ...late, unreached };
    },
  };
}

/**
 * What others need and an earlier run has done comes first: it costs no request, and those who need it
 * may belong to a lane with more room.
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

function isHeldBack({ followers }: FlowNode): boolean {
  return followers.some(isBacklogged);
}

/** More waits for a later step than is good, and it is at work on it. */
function isBacklogged(follower: FlowNode): boolean {
  return follower.ready.size >= MOST_READY && !isOver(follower) && standing(follower) === 'open';
}

/** Tasks that may move to other models share an answer only where these are the same. */
function flightKey({ template: { fallbacks = [] } }: Task, fingerprint: string): string {
  return [fingerprint, ...fallbacks.map(laneName)].join(' ');
}

function laneOf({ model }: Task['template']): LaneName {
  return laneName(model);
}
