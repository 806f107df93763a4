import { messageOf } from '../errors/failure.ts';
import { BatchStopped } from '../batch/batch-lane.ts';
import type { BatchTotals } from '../batch/batch-run.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { roundUsd } from '../money/cost.ts';
import type { TaskNode } from '../plan/graph.ts';
import type { PlannedLane } from '../plan/plan.ts';
import { type Task } from '../plan/task.ts';
import { onAbort } from '../ports/abort.ts';
import type { RunEvent } from '../results/run-events.ts';
import { createTally } from '../results/summarize.ts';
import type { Summary } from '../results/summary.ts';
import type { LaneName, ScheduleTotals } from '../outcome/schedule-events.ts';
import { type Learned } from '../outcome/learned.ts';
import { runSchedule } from '../schedule/schedule.ts';
import { batchesOf } from './run-batches.ts';
import { createEventQueue } from './event-queue.ts';
import { lanesCaching } from './lane-caching.ts';
import type { PreparedRun } from './prepare-run.ts';
import { createRecordKeeping, type Finished } from './record-keeping.ts';
import type { Resumption } from './resume.ts';
import { runMoney, withSharedBudget } from './run-budget.ts';
import { hostsOf, laneName } from './task-content.ts';
import { createTaskFlow } from './task-flow.ts';
import { lanesOf, learnedLanes, providersOf, redactorOf } from './run-lanes.ts';
import type { RunOptions } from './run-options.ts';
import { runRecords } from './run-records.ts';

/**
 * Runs a prepared volley. Events come in order, from `run_started` to `run_finished`; a slow reader
 * slows the run down. Leaving the loop early abandons requests in flight.
 */
export async function* startRun(
  prepared: PreparedRun,
  options: RunOptions,
): AsyncGenerator<RunEvent, void, void> {
  const { plan } = prepared;
  const { clock } = options;
  const queue = createEventQueue<RunEvent>();
  /**
   * Abandons requests in flight because of the caller's signal or because the reader has stopped.
   */
  const abort = new AbortController();
  const redact = redactorOf(prepared, options.wire);
  const providers = providersOf(prepared, options, redact);
  const tally = createTally();
  const startedMs = clock.now();
  /** How many tasks have a record from this run. */
  let ended = 0;
  /** Stops sending because of the caller's signal or because a record could not be saved. */
  const drain = new AbortController();
  const flow = createTaskFlow({
    plan,
    hostOf: hostsOf(prepared),
    resumption: options.resumption,
    share: (task, original) => records.share(task, original),
    cached: options.cached,
    serve: (task, found) => records.serve(task, found),
    onNotSent: ({ id, template }) =>
      queue.push({ type: 'task_not_sent', lane: laneName(template.model), id }),
  });
  const keeping = createRecordKeeping({
    ...options,
    onKept: report,
    onFailure: () => drain.abort(new Error('results cannot be written')),
    onGraceOver: () => abort.abort(new Error('results cannot be kept')),
  });

  const records = runRecords(plan, {
    ...options,
    redact,
    tally,
    needsOf: (task) => flow.needsOf(task),
    save: (finished) => keeping.keep(finished),
  });

  async function report({ task, record, tallied }: Finished): Promise<void> {
    tally.add(tallied, record);
    ended += 1;
    const sharing = flow.ended(task, record);
    await queue.hand({ type: 'task_finished', lane: laneName(record), record });
    for (const each of sharing) await records.share(each, record);
  }

  async function finish(ended: ScheduleTotals, batches?: BatchTotals): Promise<void> {
    const totals: ScheduleTotals =
      batches?.isDetached && !ended.stoppedBy
        ? { ...ended, stoppedBy: { kind: 'detached' } }
        : ended;
    for (const [lane, batchCancelMs] of batches?.cancelMs ?? []) {
      const { announced = {}, found = {} } = learned.get(lane) ?? {};
      learned.set(lane, { announced, found: { ...found, batchCancelMs } });
    }
    await options.learning?.keep(learnedLanes(prepared, learned));
    const unkept = await keeping.keepLate();
    // These tasks were charged, even though their records are not saved.
    for (const { tallied, record } of unkept) tally.addUnkept(tallied, record);
    const late = flow.late();
    const summary = tally.summary({
      tasks: plan.total,
      kept: (options.resumption?.kept ?? 0) + late.kept,
      left: (options.resumption?.left ?? 0) + late.left + (totals.stoppedBy ? 0 : late.unreached),
      unexpectedBefore: options.resumption?.unexpected?.() ?? 0,
      fromElsewhere: elsewhereCount(options.resumption),
      totals,
      durationMs: clock.now() - startedMs,
    });
    const whole = { ...summary, ...batchesIn(batches), ...stoppedByKeeping(summary) };
    queue.push({ type: 'run_finished', summary: whole });
    queue.end(unkept.length > 0 ? keeping.failure() : undefined);
  }

  /**
   * Records that cannot be saved stop a run as an interruption does, unless everything had already
   * been sent.
   */
  function stoppedByKeeping(summary: Summary): Partial<Summary> {
    const isUser = options.drain?.aborted || options.signal?.aborted;
    if (!keeping.failure() || isUser || summary.stopped_by !== 'interrupted') return {};
    const isWhole = summary.not_started === (summary.left_out ?? 0);
    return { stopped_by: isWhole ? null : 'unwritable' };
  }

  const forgetSignal = forward(options.signal, abort);
  const forgetDrain = forward(options.drain, drain);
  function onDrain(): void {
    queue.push({ type: 'draining', reason: messageOf(drain.signal.reason) });
  }
  drain.signal.addEventListener('abort', onDrain, { once: true });
  queue.push({
    type: 'run_started',
    name: plan.manifest.name,
    tasks: plan.total,
    kept: options.resumption?.kept ?? 0,
    // A lane that is only a fallback appears when it gets its first task.
    lanes: plan.lanes
      .filter(({ total }) => total > 0)
      .map((lane) => ({ lane: laneName(lane), tasks: tasksToSend(lane, options) })),
    entries: plan.nodes.map((node) => ({
      task: node.template.id,
      tasks: entryTasksToSend(node, prepared, options),
      needs: node.needs.map((need) => need.node.template.id),
    })),
    maxCostUsd: plan.manifest.budget?.maxCostUsd ?? null,
    spentBeforeUsd: options.spentUsd ?? 0,
  });
  const own = options.money ?? (await runMoney(prepared, { spentUsd: options.spentUsd ?? 0 }));
  const money = withSharedBudget(own, prepared, options.share);
  const learned = new Map<LaneName, Learned>();
  const { resumption } = options;
  const sends = resumption && ((task: Task) => resumption.sends(task));
  const cachingOf = await lanesCaching(prepared, { sends, signal: drain.signal }).catch(
    // If rows cannot be read, the run ends where they are needed.
    (error: unknown) => {
      if (error instanceof VolleyError) return () => undefined;
      throw error;
    },
  );
  const { failFast } = plan.manifest.run;
  const failedInBatch = new AbortController();
  const toSend = plan.nodes.reduce(
    (sum, node) => sum + entryTasksToSend(node, prepared, options),
    0,
  );
  const batching = batchesOf(prepared, {
    ...options,
    money,
    providers,
    cachingOf,
    drain: drain.signal,
    abort: abort.signal,
    settle(outcome) {
      if (outcome.result.status === 'failed' && failFast) failedInBatch.abort();
      return records.settle(outcome);
    },
    leave: (task) => flow.left(task),
    shareLeft: () => Math.max(0, 1 - ended / Math.max(1, toSend)),
    leftAlone: () => (options.resumption?.left ?? 0) + flow.late().left,
    emit: (event) => queue.push(event),
  });
  const finished = runSchedule({
    ...money,
    lanes: lanesOf(prepared, providers, {
      feed: (lane) => batching?.feed(lane, flow.feed(lane)) ?? flow.feed(lane),
      flow,
      cachingOf,
      learning: options.learning,
      share: options.share,
    }),
    leave: (task) => flow.left(task),
    maxConcurrent: plan.manifest.run.maxConcurrent,
    failFast,
    failFastAlso: failedInBatch.signal,
    timeoutMs: plan.manifest.run.timeoutMs,
    ...(options.retryDelayMs === undefined ? {} : { retryDelayMs: options.retryDelayMs }),
    ...(options.makePace && { makePace: options.makePace }),
    onAttempt: options.onAttempt,
    clock,
    random: options.random,
    drain: drain.signal,
    abort: abort.signal,
    emit: (event) => queue.push(event),
    learned: (lane, found) => learned.set(lane, found),
    settle: (outcome) => records.settle(outcome),
    settleWarmUp: (warmedUp) => records.settleWarmUp(warmedUp),
  })
    .then(
      async (totals) => {
        await batching?.close();
        return finish(totals, batching?.totals());
      },
      async (error: unknown) => {
        await batching?.close();
        throw error;
      },
    )
    .catch((error: unknown) => queue.end({ error: asRefusal(error) }));
  try {
    yield* queue;
  } finally {
    drain.signal.removeEventListener('abort', onDrain);
    forgetSignal();
    forgetDrain();
    abort.abort(new Error('the reader of the events left'));
    await finished;
    // Only now, because the records of abandoned tasks are passed to `keep` too.
    keeping.dispose();
    await Promise.all([...providers.values()].map((provider) => provider.close()));
  }
}

function batchesIn(totals: BatchTotals | undefined): Partial<Summary> {
  const { pending = 0, savedUsd } = totals ?? {};
  return {
    ...(pending > 0 && { batches_pending: pending }),
    ...(typeof savedUsd === 'number' && { batch_saved_usd: roundUsd(savedUsd) }),
  };
}

/**
 * Turns a batch that cannot be created or collected into an error, because the user has to look at
 * it.
 */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof BatchStopped)) return error;
  const { message, hint } = error;
  return new VolleyError(message, {
    exitCode: EXIT.provider,
    ...(hint !== undefined && { hint }),
    cause: error,
  });
}

function elsewhereCount(resumption: Resumption | undefined): number {
  const { unsealed = 0, foreign = 0 } = resumption?.fromElsewhere ?? {};
  return unsealed + foreign;
}

function entryTasksToSend(
  node: TaskNode,
  { plan }: PreparedRun,
  { resumption }: RunOptions,
): number {
  if (resumption) return resumption.toSendOfEntry.get(node.template.id) ?? 0;
  return plan.selection?.countOf(node) ?? node.total;
}

function tasksToSend(lane: PlannedLane, { resumption }: RunOptions): number {
  return resumption ? (resumption.toSend.get(laneName(lane)) ?? 0) : lane.total;
}

/**
 * Aborts `to` when the caller's signal aborts, until the returned function is called.
 * `AbortSignal.any` would instead keep its signal and listeners alive as long as the source.
 */
function forward(from: AbortSignal | undefined, to: AbortController): () => void {
  return from ? onAbort(from, () => to.abort(from.reason)) : () => undefined;
}
