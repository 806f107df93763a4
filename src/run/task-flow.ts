import type { NeedsData } from '../plan/needs-data.ts';
import type { Plan } from '../plan/plan.ts';
import { requestFingerprint } from '../plan/fingerprint.ts';
import type { PromptRequest, RenderedTask, Task } from '../plan/task.ts';
import type { CachedAnswer } from '../response-cache/cached-answer.ts';
import type { ResultRecord } from '../results/record.ts';
import type { LaneName } from '../outcome/schedule-events.ts';
import type { FedTask, FeedItem } from '../prefix/feed-item.ts';
import { createEntryProgress, type Taken } from './entry-progress.ts';
import { needsOf, obstacle, type FlowNode } from './needs-state.ts';
import type { Resumption } from './resume.ts';
import type { CachedAnswers } from './check-kept-answers.ts';
import { laneName, taskContent } from './task-content.ts';
import { laneFeed } from './lane-feed.ts';
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
   * this kind of resume (`left`). `unreached` tasks need one of the latter; this count is valid
   * only if the run ended by itself.
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

export function createTaskFlow(options: FlowOptions): TaskFlow {
  const { plan, resumption } = options;
  const progress = createEntryProgress(plan, resumption);
  const flights = new Map<LaneName, SingleFlight>();
  const notSent = { kept: resumption?.kept ?? 0, left: resumption?.left ?? 0 };
  /**
   * By task index: the results of other tasks that a task in progress can see, kept to judge its
   * answer.
   */
  const judgedWith = new Map<number, NeedsData>();

  function flightOf(lane: LaneName): SingleFlight {
    const flight = flights.get(lane) ?? createSingleFlight();
    flights.set(lane, flight);
    return flight;
  }

  async function share(flow: FlowNode, task: Task, original: ResultRecord): Promise<true> {
    flow.outstanding += 1;
    await options.share(task, original);
    return true;
  }

  /** Takes the answer from the results file, if any. False if the task has to be sent. */
  async function takesEarlier(
    flow: FlowNode,
    task: Task,
    found: NeedsData | 'skipped' | undefined,
  ): Promise<boolean> {
    if (!resumption || resumption.fateOf(task) === 'send') return false;
    const decision = await resumption.decide(task, found);
    if (decision.kind === 'send') return false;
    if (decision.kind === 'share') return share(flow, task, decision.record);
    if (decision.kind === 'keep') {
      notSent.kept += 1;
      await progress.keep(flow, task, async () => decision.record);
    } else {
      notSent.left += 1;
      progress.leave(flow);
    }
    options.onNotSent(task);
    return true;
  }

  /** Takes, or waits for, the answer to an equal request. False if the task has to be sent. */
  async function takesShared(flow: FlowNode, task: Task, fingerprint: string, lane: LaneName) {
    const entry = flightOf(lane).enter(task, flightKey(task, fingerprint));
    if (entry.kind === 'share') return share(flow, task, entry.record);
    if (entry.kind === 'wait') flow.outstanding += 1;
    return entry.kind === 'wait';
  }

  /** Takes the answer from the response cache, if any. False if the task has to be sent. */
  async function takesCached(
    flow: FlowNode,
    task: Task,
    request: PromptRequest,
    { fingerprint, needs }: { readonly fingerprint: string; readonly needs: NeedsData | undefined },
  ): Promise<boolean> {
    if (!options.cached) return false;
    // An answer from a fallback model is accepted too.
    const { fingerprints } = task.template.fallbacks
      ? await taskContent(task, { plan, hostOf: options.hostOf, needs, withEarlier: false })
      : { fingerprints: [fingerprint] };
    const found = await options.cached.find(task, fingerprints);
    if (!found) return false;
    flow.outstanding += 1;
    await options.serve(task, { answer: found.answer, request });
    return true;
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
      await progress.keep(flow, task, () => resumption.recordOf(task));
      return undefined;
    }
    if (fate === 'leave') {
      progress.leave(flow);
      return undefined;
    }
    const failure = obstacle(flow, own);
    // The prompt of a skipped task is not rendered, because its lists of results may be incomplete.
    const needs = failure ? undefined : needsOf(flow, own);
    if (needs && task.template.expect) judgedWith.set(task.index, needs);
    let rendered: RenderedTask = failure
      ? { ok: false, failure }
      : await plan.render(task, { needs });
    if (await takesEarlier(flow, task, failure ? 'skipped' : needs)) return undefined;
    if (rendered.ok) {
      const fingerprint = requestFingerprint(rendered.request, options.hostOf(lane));
      const { request } = rendered;
      if (await takesCached(flow, task, request, { fingerprint, needs })) return undefined;
      const isSample = task.sample !== undefined;
      if (!isSample && (await takesShared(flow, task, fingerprint, lane))) return undefined;
      rendered = { ...rendered, fingerprint };
    }
    flow.outstanding += 1;
    if (!task.template.fallbacks) return { task, rendered };
    return { task, rendered, renderFor: (model) => plan.render(task, { needs, model }) };
  }

  return {
    feed: (lane) =>
      laneFeed(progress, {
        entries: progress.order.filter(({ template }) => laneName(template.model) === lane),
        isHeld: () => flightOf(lane).waiting() >= MOST_WAITING,
        admit: (flow, taken) => admit(flow, taken, lane),
      }),
    left(task) {
      for (const each of [task, ...flightOf(laneName(task.template.model)).abandoned(task)]) {
        judgedWith.delete(each.index);
        progress.flowOf(each).outstanding -= 1;
      }
      progress.changes.tell();
    },
    needsOf: (task) => judgedWith.get(task.index),
    ended(task, record) {
      judgedWith.delete(task.index);
      const flow = progress.flowOf(task);
      flow.outstanding -= 1;
      progress.end(flow, task, record);
      return flightOf(laneName(task.template.model)).landed(task, record);
    },
    laneEnded(lane) {
      for (const flow of progress.flows) {
        if (laneName(flow.template.model) === lane) flow.isLaneOver = true;
      }
      progress.changes.tell();
    },
    notSent() {
      const { flows } = progress;
      const hasLeft = flows.some(({ left }) => left > 0);
      const open = flows.reduce((sum, { total, ended, left }) => sum + total - ended - left, 0);
      return { ...notSent, unreached: hasLeft ? open : 0 };
    },
  };
}

/** A task with fallbacks shares an answer only with tasks that have the same fallbacks. */
function flightKey({ template: { fallbacks = [] } }: Task, fingerprint: string): string {
  return [fingerprint, ...fallbacks.map(laneName)].join(' ');
}
