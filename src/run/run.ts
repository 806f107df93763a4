import { createRedactor, type Redactor } from '../errors/redact.ts';
import { BatchStopped } from '../batch/batch-lane.ts';
import type { BatchTotals } from '../batch/batch-run.ts';
import type { Deadline } from '../batch/cutover.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { roundUsd } from '../money/cost.ts';
import { modeOf } from '../manifest/task-mode.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { TaskNode } from '../plan/graph.ts';
import type { PlannedLane } from '../plan/plan.ts';
import { askedOf, type PromptRequest, type Task } from '../plan/task.ts';
import { createProvider } from '../providers/registry.ts';
import type { Provider } from '../providers/provider.ts';
import { tokenCounting } from '../providers/token-counting.ts';
import type { Wire } from '../providers/own-fetch.ts';
import type { CachedAnswer } from '../response-cache/cached-answer.ts';
import { cachedRecord } from '../results/cached-record.ts';
import type { RunEvent } from '../results/events.ts';
import type { ResultRecord } from '../results/record.ts';
import type { Seal } from '../results/seal.ts';
import { createTally, type Tallied } from '../results/summarize.ts';
import type { Summary } from '../results/summary.ts';
import { redactedRecord } from '../results/redacted-record.ts';
import { withVerdict } from '../results/verdict.ts';
import { toRecord, toRecordUsage } from '../results/to-record.ts';
import type { LaneName, ScheduleTotals, TaskOutcome, WarmedUp } from '../schedule/events.ts';
import { isNothing, type Learned } from '../pace/learned.ts';
import type { LaneConfig, ScheduleOptions } from '../schedule/context.ts';
import { runSchedule } from '../schedule/schedule.ts';
import type { JsonValue } from '../ports/json.ts';
import type { Included } from '../results/task-facts.ts';
import type { RunShare, SharedLaneIdentity } from '../share/open-share.ts';
import { sharedRecord } from '../results/shared-record.ts';
import type { CachedAnswers } from './cached-answers.ts';
import { batchesOf, type BatchKeeping } from './run-batches.ts';
import { createEventQueue } from './event-queue.ts';
import { lanesCaching } from './lane-caching.ts';
import type { LearnedFor } from './learned-limits.ts';
import type { PreparedLane, PreparedRun } from './prepare.ts';
import { createRecordKeeping, type Finished, type KeepOptions } from './record-keeping.ts';
import type { Resumption } from './resume.ts';
import { runMoney, withSharedBudget, type RunMoney } from './run-budget.ts';
import { hostsOf, laneName } from './task-content.ts';
import { createTaskFlow, type TaskFlow } from './task-flow.ts';

export interface RunOptions extends KeepOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How requests reach the network. */
  readonly wire: Wire;
  /** Makes the providers; default: those of the registry. */
  readonly makeProvider?: typeof createProvider;
  /** Decides when each lane may send; default: Volley's own pace. */
  readonly makePace?: ScheduleOptions['makePace'];
  /** First wait before a retry, in milliseconds; it doubles each time. */
  readonly retryDelayMs?: number;
  /** The prices of attempts and the budget; default: worked out when the run starts. */
  readonly money?: RunMoney;
  /** US dollars that earlier runs of the same journal cost, possibly paid attempts included. */
  readonly spentUsd?: number;
  /** Aborting it sends nothing new and lets requests in flight finish. */
  readonly drain?: AbortSignal;
  /** Aborting it abandons requests in flight too; their tasks end `canceled`. */
  readonly signal?: AbortSignal;
  /** Seals every record, so that a later run knows it for its own; default: none has a seal. */
  readonly seal?: Seal;
  /** What an earlier run has done already. */
  readonly resumption?: Resumption;
  /** Answers of other runs, which need no sending; default: none. */
  readonly cached?: CachedAnswers;
  /** Keeps an answer for other runs. Never rejects. */
  readonly keepAnswer?: (record: ResultRecord) => Promise<void>;
  /** With tasks of mode `auto`: when all answers are to be there. */
  readonly deadline?: Deadline;
  /** How batches are kept from run to run; default: tasks are never put in batches. */
  readonly batches?: BatchKeeping;
  /** Called after each request of a task. Never throws. */
  readonly onAttempt?: ScheduleOptions['onAttempt'];
  /** What other runs that use the same keys share with this one; default: nothing. The caller closes it. */
  readonly share?: RunShare;
  /** Where to begin with the limits, and where to leave what was learned; default: neither. */
  readonly learning?: Learning;
}

export interface Learning {
  of(lane: LearnedFor): Learned | undefined;
  /** Never rejects. */
  keep(learned: ReadonlyArray<LearnedFor & { readonly learned: Learned }>): Promise<void>;
}

/**
 * Runs a prepared volley. Events come in order, `run_started` first and `run_finished` last; a slow
 * reader slows the run down. Leaving the loop early abandons what is in flight.
 */
export async function* startRun(
  prepared: PreparedRun,
  options: RunOptions,
): AsyncGenerator<RunEvent, void, void> {
  const { plan } = prepared;
  const { clock } = options;
  const queue = createEventQueue<RunEvent>();
  /** By the caller's signal, or when the reader leaves: what is in flight is abandoned. */
  const abort = new AbortController();
  const redact = redactorOf(prepared, options.wire);
  const providers = providersOf(prepared, options, redact);
  const tally = createTally();
  const startedMs = clock.now();
  /** Tasks with a record of this run. */
  let ended = 0;
  /** By the caller's signal, or when a record could not be kept: nothing new is sent. */
  const drain = new AbortController();
  const flow = createTaskFlow({
    plan,
    hostOf: hostsOf(prepared),
    resumption: options.resumption,
    share: keepShared,
    cached: options.cached,
    serve: keepCached,
    onNotSent: ({ id, template }) =>
      queue.push({ type: 'task_not_sent', lane: laneName(template.model), id }),
  });
  const keeping = createRecordKeeping({
    ...options,
    onKept: tell,
    onFailure: () => drain.abort(new Error('results cannot be written')),
    onGraceOver: () => abort.abort(new Error('results cannot be kept')),
  });

  const { include = [] } = plan.manifest;

  function includedOf(task: Task, prompt: JsonValue | undefined): Included {
    return {
      ...(include.includes('item') && task.item !== undefined && { item: task.item }),
      ...(include.includes('prompt') && prompt !== undefined && { prompt }),
    };
  }

  function sealed(record: ResultRecord): ResultRecord {
    return options.seal?.sealed(record) ?? record;
  }

  async function settle(outcome: TaskOutcome): Promise<void> {
    const { task } = outcome;
    const raw = toRecord(outcome, includedOf(task, outcome.prompt));
    const record = sealed(await judged(task, redactedRecord(raw, redact)));
    // First: a run that is killed between the two finds the answer there.
    if (record.expected !== false) await options.keepAnswer?.(record);
    return keeping.keep({ task, record, tallied: outcome });
  }

  function settleWarmUp(warmedUp: WarmedUp): Promise<void> {
    tally.addWarmUp(warmedUp);
    const { lane, usage, costUsd, possiblyPaidUsd } = warmedUp;
    const line = {
      lane,
      at: new Date(clock.epochMs()).toISOString(),
      ...(usage && { usage: toRecordUsage(usage) }),
      cost_usd: costUsd === null ? null : roundUsd(costUsd + (possiblyPaidUsd ?? 0)),
    };
    return options.keepWarmUp?.(line) ?? Promise.resolve();
  }

  /** With what the task's `expect` says of the answer. */
  async function judged(task: Task, record: ResultRecord): Promise<ResultRecord> {
    const { output, provider, model } = record;
    if (!task.template.expect || output === undefined) return record;
    const needs = flow.needsOf(task);
    return withVerdict(
      record,
      await plan.judge(task, { output, model: { provider, model }, needs }),
    );
  }

  async function keepShared(task: Task, original: ResultRecord): Promise<void> {
    const included = includedOf(task, original.prompt);
    const shared = sharedRecord(task, original, { epochMs: clock.epochMs(), included });
    const record = sealed(await judged(task, shared));
    return keeping.keep({ task, record, tallied: NOT_SENT });
  }

  async function keepCached(
    task: Task,
    { answer, request }: { readonly answer: CachedAnswer; readonly request: PromptRequest },
  ): Promise<void> {
    const included = includedOf(task, askedOf(request));
    const cached = cachedRecord(task, answer, { epochMs: clock.epochMs(), included });
    const record = sealed(await judged(task, cached));
    return keeping.keep({ task, record, tallied: NOT_SENT });
  }

  async function tell({ task, record, tallied }: Finished): Promise<void> {
    tally.add(tallied, record);
    ended += 1;
    const sharing = flow.ended(task, record);
    await queue.hand({ type: 'task_finished', lane: laneName(record), record });
    for (const each of sharing) await keepShared(each, record);
  }

  async function finish(ended: ScheduleTotals, batches?: BatchTotals): Promise<void> {
    const totals: ScheduleTotals =
      batches?.isDetached && !ended.stoppedBy
        ? { ...ended, stoppedBy: { kind: 'detached' } }
        : ended;
    await options.learning?.keep(learnedLanes(prepared, learned));
    const unkept = await keeping.keepLate();
    // It was still paid for.
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

  /** Records that could not be kept stop a run as a user does; unless all was sent by then. */
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
    // A model that is only a fallback shows up when it is asked.
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
    // Rows that cannot be read any more end the run where they are needed.
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
      return settle(outcome);
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
    settle,
    settleWarmUp,
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
    // Only now: what was abandoned is offered to `keep` as well.
    keeping.dispose();
    await Promise.all([...providers.values()].map((provider) => provider.close()));
  }
}

/** One for all providers: a server may echo a key that belongs to another. */
export function redactorOf({ lanes }: PreparedRun, wire: Wire): Redactor {
  return createRedactor([
    ...lanes.flatMap(({ provider }) => provider.secrets ?? provider.key ?? []),
    ...(wire.secrets ?? []),
  ]);
}

function providersOf(
  prepared: PreparedRun,
  { wire, clock, makeProvider = createProvider }: RunOptions,
  redact: Redactor,
): ReadonlyMap<string, Provider> {
  const providers = new Map<string, Provider>();
  for (const { provider } of prepared.lanes) {
    if (providers.has(provider.name)) continue;
    providers.set(provider.name, makeProvider(provider, { wire, clock, redact }));
  }
  return providers;
}

function lanesOf(
  prepared: PreparedRun,
  providers: ReadonlyMap<string, Provider>,
  {
    feed,
    flow,
    cachingOf,
    learning,
    share,
  }: {
    readonly feed: (lane: LaneName) => ReturnType<TaskFlow['feed']>;
    readonly flow: TaskFlow;
    readonly cachingOf: (lane: PreparedLane) => LaneConfig['caching'];
    readonly learning: Learning | undefined;
    readonly share: RunShare | undefined;
  },
): LaneConfig[] {
  return prepared.lanes.map((lane) => {
    const { planned, provider, limits, price, budgetPrice } = lane;
    const made = providers.get(provider.name);
    if (!made) throw new Error(`provider ${provider.name} was not made`);
    const name = laneName(planned);
    const caching = cachingOf(lane);
    const learned = learning?.of(learnedFor(lane));
    return {
      name,
      provider: made,
      limits,
      price,
      budgetPrice,
      ...tokenCounting(provider.type, provider.host),
      hasFallbacks: planned.hasFallbacks,
      asksFlex: ({ template }) => modeOf(template, prepared.plan.manifest.run, provider) === 'flex',
      caching: caching && { ...caching, restMs: learned?.found.cacheRestMs ?? 0 },
      learned,
      ...(share && isShared(lane) && { share: share.lane(sharedIdentity(lane)) }),
      tasks: feed(name),
      onEnd: () => flow.laneEnded(name),
    };
  });
}

/** A mock has its limits to itself. */
function isShared({ provider }: PreparedLane): boolean {
  return provider.type !== 'mock';
}

function sharedIdentity({ planned, provider, limits }: PreparedLane): SharedLaneIdentity {
  return { key: provider.key, origin: provider.origin, model: planned.model, limits };
}

/** What is worth keeping. A mock has no limits to learn. */
function learnedLanes(
  { lanes }: PreparedRun,
  learned: ReadonlyMap<LaneName, Learned>,
): ReadonlyArray<LearnedFor & { readonly learned: Learned }> {
  return lanes.flatMap((lane) => {
    const found = learned.get(laneName(lane.planned));
    if (!found || isNothing(found) || lane.provider.type === 'mock') return [];
    return { ...learnedFor(lane), learned: found };
  });
}

function learnedFor({ planned, provider }: PreparedLane): LearnedFor {
  return { provider, model: planned.model };
}

function batchesIn(totals: BatchTotals | undefined): Partial<Summary> {
  const { pending = 0, savedUsd } = totals ?? {};
  return {
    ...(pending > 0 && { batches_pending: pending }),
    ...(typeof savedUsd === 'number' && { batch_saved_usd: roundUsd(savedUsd) }),
  };
}

/** A batch that cannot be made or collected is for the user to look at. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof BatchStopped)) return error;
  const { message, hint } = error;
  return new VolleyError(message, {
    exitCode: EXIT.provider,
    ...(hint !== undefined && { hint }),
    cause: error,
  });
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

function elsewhereCount(resumption: Resumption | undefined): number {
  const { unsealed = 0, foreign = 0 } = resumption?.fromElsewhere ?? {};
  return unsealed + foreign;
}

/** A shared answer took no time and no money of its own. */
const NOT_SENT: Tallied = { cacheSavedUsd: 0, queuedMs: 0, durationMs: 0, waitedMs: {} };

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
 * Aborts `to` with the caller's signal; the returned function releases it. `AbortSignal.any` would
 * do, but Node keeps what it gives alive, and all that listens to it, for as long as anybody listens.
 */
function forward(from: AbortSignal | undefined, to: AbortController): () => void {
  const onAbort = (): void => to.abort(from?.reason);
  if (from?.aborted) onAbort();
  else from?.addEventListener('abort', onAbort, { once: true });
  return () => from?.removeEventListener('abort', onAbort);
}
