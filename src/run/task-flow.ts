import { variantsOf } from '../manifest/task-models.ts';
import type { NeedsData } from '../plan/needs-data.ts';
import type { Plan } from '../plan/plan.ts';
import { byUrgency, type TaskNode } from '../plan/graph.ts';
import { tasksFollowing } from '../plan/expand.ts';
import { requestFingerprint } from '../plan/fingerprint.ts';
import type { PromptRequest, RenderedTask, Task } from '../plan/task.ts';
import type { CachedAnswer } from '../response-cache/cached-answer.ts';
import type { ResultRecord } from '../results/record.ts';
import type { LaneName } from '../outcome/schedule-events.ts';
import type { FedTask, FeedItem } from '../prefix/feed-item.ts';
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
import type { CachedAnswers } from './check-cached-answers.ts';
import { laneName, taskContent } from './task-content.ts';
import { laneFeed, type Taken } from './lane-feed.ts';
import { createSingleFlight, type SingleFlight } from './identical-requests.ts';

/**
 * Gives the scheduler the tasks that are ready, lane by lane: tasks whose needs have ended and that
 * earlier runs did not complete. Each distinct request is sent only once. Rows are read as a
 * stream, and results are kept only while tasks need them.
 */
export interface TaskFlow {
  feed(lane: LaneName): AsyncIterable<FeedItem>;
  /**
   * Notes that a task from the feed will not be sent and gets no record, because its lane has
   * stopped.
   */
  left(task: Task): void;
  /** The results of other tasks that a task in progress can see, used to judge its answer. */
  needsOf(task: Task): NeedsData | undefined;
  /**
   * Notes that a task ended and its record is saved. Returns the tasks with the same request, which
   * share the record.
   */
  ended(task: Task, record: ResultRecord): readonly Task[];
  /** Notes that the lane has nothing in flight, and never will again. */
  laneEnded(lane: LaneName): void;
  /**
   * Counts tasks that need no request, as far as known: `kept` ones, and ones that are not part of
   * this kind of resume (`left`). `unreached` tasks need one of the latter; this count is valid only
   * if the run ended by itself.
   */
  notSent(): { readonly kept: number; readonly left: number; readonly unreached: number };
}

export interface FlowOptions {
  readonly plan: Plan;
  /** The host of a lane's provider. */
  readonly hostOf: (lane: LaneName) => string;
  readonly resumption: Resumption | undefined;
  /** Saves a copy of another task's record for this task; then calls `ended`. */
  readonly share: (task: Task, original: ResultRecord) => Promise<void>;
  /** Cached answers, if any. */
  readonly cached: CachedAnswers | undefined;
  /** Saves the record of a task whose answer was cached; then calls `ended`. */
  readonly serve: (
    task: Task,
    found: { readonly answer: CachedAnswer; readonly request: PromptRequest },
  ) => Promise<void>;
  /** Called for a task that turned out to need no request once its needs had ended. */
  readonly onNotSent: (task: Task) => void;
}

/** How many tasks may wait for equal requests before the lane's feed pauses. */
const MOST_WAITING = 1_000;
/** How many results may wait for a later step of a chain before the earlier step pauses. */
const MOST_READY = 50_000;

export function createTaskFlow(options: FlowOptions): TaskFlow {
  const { plan, resumption } = options;
  const nodes = flowNodes(plan);
  const order = doneFirst(byUrgency(plan.nodes), resumption).flatMap(flowsOf);
  const flights = new Map<LaneName, SingleFlight>();
  const notSent = { kept: resumption?.kept ?? 0, left: resumption?.left ?? 0 };
  /**
   * By task index: the results of other tasks that a task in progress can see, kept to judge its
   * answer.
   */
  const judgedWith = new Map<number, NeedsData>();
  let changed = Promise.withResolvers<void>();

  function tellChange(): void {
    const told = changed;
    changed = Promise.withResolvers<void>();
    told.resolve();
  }

  function nodeOf(task: Task): FlowNode {
    const node = nodes.get(task.template);
    if (!node) throw new Error(`task \`${task.id}\` does not belong to any entry of the plan`);
    return node;
  }

  /** The nodes of an entry, one per model. */
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

  /** Whether an entry can give out a task now. Also notices if it never will again. */
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

  /** The next task of an entry that can give one; undefined if it has none after all. */
  async function take(flow: FlowNode): Promise<Taken | undefined> {
    const { node } = flow;
    if (node.follows) {
      const [next] = flow.ready;
      if (next) flow.ready.delete(next);
      // The earlier step was paused until now.
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

  /** Handles a task whose answer may be in the results file. True if it has to be sent. */
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
      notSent.kept += 1;
      await keep(flow, task, async () => decision.record);
    } else {
      notSent.left += 1;
      leave(flow);
    }
    options.onNotSent(task);
    return false;
  }

  /** Handles a task whose request may be in flight or answered. True if it has to be sent. */
  async function passShared(flow: FlowNode, task: Task, fingerprint: string, lane: LaneName) {
    const entry = flightOf(lane).enter(task, flightKey(task, fingerprint));
    if (entry.kind === 'share') return share(flow, task, entry.record);
    if (entry.kind === 'wait') flow.outstanding += 1;
    return entry.kind === 'send';
  }

  /** Handles a task whose answer may be cached. True if it has to be sent. */
  async function passCached(
    flow: FlowNode,
    task: Task,
    request: PromptRequest,
    { fingerprint, needs }: { readonly fingerprint: string; readonly needs: NeedsData | undefined },
  ): Promise<boolean> {
    if (!options.cached) return true;
    // An answer from a fallback model is accepted too.
    const { fingerprints } = task.template.fallbacks
      ? await taskContent(task, { plan, hostOf: options.hostOf, needs, withEarlier: false })
      : { fingerprints: [fingerprint] };
    const found = await options.cached.find(task, fingerprints);
    if (!found) return true;
    flow.outstanding += 1;
    await options.serve(task, { answer: found.answer, request });
    return false;
  }

  /**
   * The task with its prompt, if it is to be sent; undefined if it was handled, or waits for an
   * equal request.
   */
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
    // The prompt of a skipped task is not rendered, because its lists of results may be incomplete.
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
    notSent() {
      const flows = [...nodes.values()];
      const hasLeft = flows.some(({ left }) => left > 0);
      const open = flows.reduce((sum, { total, ended, left }) => sum + total - ended - left, 0);
      return { ...notSent, unreached: hasLeft ? open : 0 };
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

function isHeldBack({ followers }: FlowNode): boolean {
  return followers.some(isBacklogged);
}

/** Whether enough results wait for a later step that is able to use them. */
function isBacklogged(follower: FlowNode): boolean {
  return follower.ready.size >= MOST_READY && !isOver(follower) && standing(follower) === 'open';
}

/** A task with fallbacks shares an answer only with tasks that have the same fallbacks. */
function flightKey({ template: { fallbacks = [] } }: Task, fingerprint: string): string {
  return [fingerprint, ...fallbacks.map(laneName)].join(' ');
}

function laneOf({ model }: Task['template']): LaneName {
  return laneName(model);
}
