import { messageOf } from '../errors/failure.ts';
import { BatchStopped } from '../batch/batch-lane.ts';
import type { BatchTotals } from '../batch/batch-run.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { roundUsd } from '../money/cost.ts';
import type { Task } from '../plan/task.ts';
import { onAbort } from '../ports/abort.ts';
import type { RunEvent } from '../results/run-events.ts';
import { createTally } from '../results/summarize.ts';
import type { Summary } from '../results/summary.ts';
import type { LaneName, ScheduleEvent } from '../outcome/schedule-events.ts';
import type { Learned } from '../outcome/learned-limits.ts';
import { runSchedule } from '../schedule/schedule.ts';
import { batchesOf } from './run-batches.ts';
import { createEventQueue } from './event-queue.ts';
import { lanesCaching } from './lane-caching.ts';
import type { PreparedRun } from './prepare-run.ts';
import { createRecordKeeping } from './record-keeping.ts';
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
  const run = connectParts(prepared, options);
  run.events.push(run.started);
  const finished = sendTasks(run)
    .then((ended) => finishRun(run, ended))
    .catch((error: unknown) => run.events.end({ error: asRefusal(error) }));
  try {
    yield* run.events;
  } finally {
    run.forgetCaller();
    run.abort.abort(new Error('the reader stopped reading events'));
    await finished;
    // Only now, because the records of abandoned tasks are passed to `keep` too.
    run.keeping.dispose();
    await Promise.all([...run.providers.values()].map((provider) => provider.close()));
  }
}

type Run = ReturnType<typeof connectParts>;
type SentTasks = Awaited<ReturnType<typeof sendTasks>>;

/** Creates and connects the parts of a run. Sends nothing yet. */
function connectParts(prepared: PreparedRun, options: RunOptions) {
  const { plan } = prepared;
  const events = createEventQueue<RunEvent>();
  /** Stops sending because of the caller's signal or because a record could not be saved. */
  const drain = new AbortController();
  /** Abandons requests in flight because of the caller's signal or because the reader stopped. */
  const abort = new AbortController();
  const forgetDrain = forward(options.drain, drain);
  const forgetAbort = forward(options.signal, abort);
  drain.signal.addEventListener('abort', () =>
    events.push({ type: 'draining', reason: messageOf(drain.signal.reason) }),
  );

  const redact = redactorOf(prepared, options.wire);
  const tally = createTally();
  const flow = createTaskFlow({
    plan,
    hostOf: hostsOf(prepared),
    resumption: options.resumption,
    share: (task, original) => records.share(task, original),
    cached: options.cached,
    serve: (task, found) => records.serve(task, found),
    onNotSent: ({ id, template }) =>
      events.push({ type: 'task_not_sent', lane: laneName(template.model), id }),
  });
  const keeping = createRecordKeeping({
    ...options,
    async onKept({ task, record, tallied }) {
      tally.add(tallied, record);
      const sharing = flow.ended(task, record);
      await events.hand({ type: 'task_finished', lane: laneName(record), record });
      for (const each of sharing) await records.share(each, record);
    },
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

  return {
    prepared,
    options,
    started: runStarted(prepared, options),
    startedMs: options.clock.now(),
    events,
    drain,
    abort,
    /** Stops listening to the caller's signals. */
    forgetCaller(): void {
      forgetDrain();
      forgetAbort();
    },
    providers: providersOf(prepared, options, redact),
    tally,
    flow,
    keeping,
    records,
    /** What the lanes learned about their servers. Filled when they end. */
    learned: new Map<LaneName, Learned>(),
  };
}

function runStarted({ plan }: PreparedRun, { resumption, spentUsd = 0 }: RunOptions) {
  return {
    type: 'run_started',
    name: plan.manifest.name,
    tasks: plan.total,
    kept: resumption?.kept ?? 0,
    // A lane that is only a fallback appears when it gets its first task.
    lanes: plan.lanes.flatMap((planned) => {
      const lane = laneName(planned);
      if (planned.total === 0) return [];
      return { lane, tasks: resumption ? (resumption.toSend.get(lane) ?? 0) : planned.total };
    }),
    entries: plan.nodes.map((node) => ({
      task: node.template.id,
      tasks: resumption
        ? (resumption.toSendOfEntry.get(node.template.id) ?? 0)
        : (plan.selection?.countOf(node) ?? node.total),
      needs: node.needs.map((need) => need.node.template.id),
    })),
    maxCostUsd: plan.manifest.budget?.maxCostUsd ?? null,
    spentBeforeUsd: spentUsd,
  } satisfies RunEvent;
}

/** Sends the tasks. Resolves when nothing is in flight. */
async function sendTasks(run: Run) {
  const { prepared, options, events, flow, providers, records } = run;
  const { maxConcurrent, failFast, timeoutMs } = prepared.plan.manifest.run;
  const own = options.money ?? (await runMoney(prepared, options));
  const money = withSharedBudget(own, prepared, options.share);
  const cachingOf = await cachingOfLanes(run);
  const shared = {
    clock: options.clock,
    random: options.random,
    drain: run.drain.signal,
    abort: run.abort.signal,
    emit: (event: ScheduleEvent) => events.push(event),
    leave: (task: Task) => flow.left(task),
  };
  const failedInBatch = new AbortController();
  const toSend = run.started.entries.reduce((sum, { tasks }) => sum + tasks, 0);
  const batching = batchesOf(prepared, {
    ...shared,
    deadline: options.deadline,
    batches: options.batches,
    money,
    providers,
    cachingOf,
    settle(outcome) {
      if (outcome.result.status === 'failed' && failFast) failedInBatch.abort();
      return records.settle(outcome);
    },
    shareLeft: () => Math.max(0, 1 - run.tally.ended() / Math.max(1, toSend)),
    leftAlone: () => flow.notSent().left,
  });
  const totals = await runSchedule({
    ...shared,
    ...money,
    lanes: lanesOf(prepared, providers, {
      feed: (lane) => batching?.feed(lane, flow.feed(lane)) ?? flow.feed(lane),
      flow,
      cachingOf,
      learning: options.learning,
      share: options.share,
    }),
    maxConcurrent,
    failFast,
    failFastAlso: failedInBatch.signal,
    timeoutMs,
    retryDelayMs: options.retryDelayMs,
    makePace: options.makePace,
    onAttempt: options.onAttempt,
    learned: (lane, found) => run.learned.set(lane, found),
    settle: (outcome) => records.settle(outcome),
    settleWarmUp: (warmedUp) => records.settleWarmUp(warmedUp),
  }).catch(async (error: unknown) => {
    await batching?.close();
    throw error;
  });
  return { totals, batches: await batching?.close() };
}

async function cachingOfLanes({ prepared, options, drain, abort }: Run) {
  try {
    return await lanesCaching(prepared, {
      resumption: options.resumption,
      signal: AbortSignal.any([drain.signal, abort.signal]),
    });
  } catch (error) {
    // If rows cannot be read, the run ends where they are needed.
    if (error instanceof VolleyError) return () => undefined;
    throw error;
  }
}

/** Saves what is left to save, and reports the end of the run. */
async function finishRun(run: Run, { totals, batches }: SentTasks): Promise<void> {
  const { prepared, options, events, tally, keeping } = run;
  await options.learning?.keep(learnedLanes(prepared, run.learned, batches?.cancelMs));
  const unkept = await keeping.keepLate();
  // These tasks were charged, even though their records are not saved.
  for (const { tallied, record } of unkept) tally.addUnkept(tallied, record);
  const { kept, left, unreached } = run.flow.notSent();
  const stoppedBy = totals.stoppedBy ?? (batches?.isDetached ? { kind: 'detached' } : undefined);
  const { unsealed = 0, foreign = 0 } = options.resumption?.fromElsewhere ?? {};
  const summary = tally.summary({
    tasks: prepared.plan.total,
    kept,
    left: left + (stoppedBy ? 0 : unreached),
    unexpectedBefore: options.resumption?.unexpected?.() ?? 0,
    fromElsewhere: unsealed + foreign,
    totals: { ...totals, stoppedBy },
    durationMs: options.clock.now() - run.startedMs,
  });
  events.push({
    type: 'run_finished',
    summary: { ...summary, ...batchesIn(batches), ...stoppedByKeeping(summary, run) },
  });
  events.end(unkept.length > 0 ? keeping.failure() : undefined);
}

/**
 * Records that cannot be saved stop a run as an interruption does, unless everything had already
 * been sent.
 */
function stoppedByKeeping(summary: Summary, { options, keeping }: Run): Partial<Summary> {
  const isUser = options.drain?.aborted || options.signal?.aborted;
  if (!keeping.failure() || isUser || summary.stopped_by !== 'interrupted') return {};
  const isWhole = summary.not_started === (summary.left_out ?? 0);
  return { stopped_by: isWhole ? null : 'unwritable' };
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

/**
 * Aborts `to` when the caller's signal aborts, until the returned function is called.
 * `AbortSignal.any` would instead keep its signal and listeners alive as long as the source.
 */
function forward(from: AbortSignal | undefined, to: AbortController): () => void {
  return from ? onAbort(from, () => to.abort(from.reason)) : () => undefined;
}
