import { NO_TOKENS } from '../plan/needs-data.ts';
import { roundUsd } from '../money/cost.ts';
import { WAIT_REASONS, type WaitReason } from '../outcome/time-waited.ts';
import type { ScheduleTotals } from '../outcome/schedule-events.ts';
import type { TaskOutcome, WarmedUp } from '../outcome/task-outcome.ts';
import { toRecordUsage } from './to-record.ts';
import { createModelCosts } from './model-costs.ts';
import { TOKEN_KINDS, type RecordUsage, type ResultRecord } from './record.ts';
import type { Summary } from './summary.ts';

/** Adds up a run as its tasks end, without keeping records. */
export interface Tally {
  add(outcome: Tallied, record: ResultRecord): void;
  /**
   * Adds a task whose record could not be written: its cost counts, but the task counts as not
   * started.
   */
  addUnkept(outcome: Tallied, record: ResultRecord): void;
  /** Adds the cost of a call that does not belong to a task. */
  addWarmUp(warmedUp: WarmedUp): void;
  /** How many tasks were added with `add`. */
  ended(): number;
  /** Throws if a task is missing without a reason or counted twice, which is a bug. */
  summary(run: RunTotals): Summary;
}

/** The parts of an outcome that are not in its record. */
export type Tallied = Pick<TaskOutcome, 'cacheSavedUsd' | 'queuedMs' | 'durationMs' | 'waitedMs'>;

interface RunTotals {
  readonly tasks: number;
  /** Tasks that an earlier run finished. */
  readonly kept?: number;
  /** Tasks that are not part of this run. */
  readonly left?: number;
  /** Answers from earlier runs that are not as expected. */
  readonly unexpectedBefore?: number;
  /** Answers from earlier runs that were not sealed with the caller's key. */
  readonly fromElsewhere?: number;
  readonly totals: ScheduleTotals;
  readonly durationMs: number;
}

export function createTally(): Tally {
  const statuses = { succeeded: 0, failed: 0, canceled: 0, skipped: 0 };
  const usage = { ...NO_TOKENS };
  const counts = { attempts: 0, retries: 0, possiblyPaid: 0, estimated: 0 };
  const answers = { cached: 0, unexpected: 0 };
  let totalTaskMs = 0;
  const models = createModelCosts();
  const waitedMs = new Map<WaitReason, number>();
  /** Null if a paid record has no price; undefined while there is nothing to pay. */
  let costUsd: number | null | undefined;
  let cacheSavedUsd: number | null | undefined;
  let possiblyPaidUsd = 0;
  const warmUps: { calls: number; costUsd: number | null } = { calls: 0, costUsd: 0 };

  function add(outcome: Tallied, record: ResultRecord): void {
    statuses[record.status] += 1;
    addUnkept(outcome, record);
  }

  function addUnkept(outcome: Tallied, record: ResultRecord): void {
    if (record.expected === false) answers.unexpected += 1;
    models.add(record);
    if (record.cached) answers.cached += 1;
    else if (record.usage) addUsage(usage, record.usage);
    if (record.usage_estimated && !record.cached) counts.estimated += 1;
    if (record.attempts > 0) {
      costUsd = addCost(costUsd, record.cost_usd);
      cacheSavedUsd = addCost(cacheSavedUsd, outcome.cacheSavedUsd);
      possiblyPaidUsd = roundUsd(possiblyPaidUsd + (record.possibly_paid_usd ?? 0));
    }
    counts.attempts += record.attempts;
    counts.retries += record.retries;
    counts.possiblyPaid += record.possibly_paid_attempts ?? 0;
    totalTaskMs += taskMs(outcome);
    for (const reason of WAIT_REASONS) {
      waitedMs.set(reason, (waitedMs.get(reason) ?? 0) + (outcome.waitedMs[reason] ?? 0));
    }
  }

  function addWarmUp({ usage: used, costUsd: usd, ...warmedUp }: WarmedUp): void {
    if (used) addUsage(usage, toRecordUsage(used));
    costUsd = addCost(costUsd, usd);
    models.addCost(warmedUp.lane, usd);
    cacheSavedUsd = addCost(cacheSavedUsd, warmedUp.cacheSavedUsd);
    possiblyPaidUsd = roundUsd(possiblyPaidUsd + (warmedUp.possiblyPaidUsd ?? 0));
    warmUps.calls += 1;
    warmUps.costUsd = addCost(warmUps.costUsd, usd);
  }

  function ended(): number {
    return Object.values(statuses).reduce((sum, count) => sum + count);
  }

  return {
    add,
    addUnkept,
    addWarmUp,
    ended,
    summary: ({ tasks, kept = 0, left = 0, fromElsewhere = 0, totals, durationMs, ...before }) => ({
      v: 1,
      tasks,
      ...statuses,
      succeeded: statuses.succeeded + kept,
      kept,
      ...nonZero({
        unexpected: answers.unexpected + (before.unexpectedBefore ?? 0),
        cached: answers.cached,
      }),
      ...(fromElsewhere > 0 && { from_elsewhere: fromElsewhere }),
      not_started: left + notStarted(tasks - kept - left, ended(), totals),
      ...(left > 0 && { left_out: left }),
      duration_ms: Math.round(durationMs),
      usage: { ...usage },
      ...(counts.estimated > 0 && { usage_estimated: counts.estimated }),
      cache_hit_share: cacheHitShare(usage),
      cost_usd: costUsd ?? null,
      ...(models.list().length > 0 && { models: models.list() }),
      cache_saved_usd: cacheSavedUsd ?? null,
      ...cached(totals),
      ...(warmUps.calls > 0 && { warm_ups: warmUps.calls, warm_ups_usd: warmUps.costUsd }),
      attempts: counts.attempts,
      retries: counts.retries,
      possibly_paid_attempts: counts.possiblyPaid,
      ...(possiblyPaidUsd > 0 && { possibly_paid_usd: possiblyPaidUsd }),
      rate_limited: totals.rateLimited,
      highest_concurrency: totals.highestConcurrency,
      waiting_share: waitingShare(waitedMs, totalTaskMs),
      bound_by: boundBy(totals),
      stopped_by: totals.stoppedBy?.kind ?? null,
    }),
  };
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

function addUsage(sum: Mutable<RecordUsage>, more: RecordUsage): void {
  for (const kind of [...TOKEN_KINDS, 'total_tokens'] as const) sum[kind] += more[kind];
}

function nonZero(counts: Readonly<Record<string, number>>) {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function addCost(sum: number | null | undefined, more: number | null): number | null {
  return sum === null || more === null ? null : roundUsd((sum ?? 0) + more);
}

function notStarted(tasks: number, ended: number, totals: ScheduleTotals): number {
  if (ended > tasks) throw new Error(`${ended} tasks ended, but only ${tasks} were planned`);
  if (ended < tasks && !totals.stoppedBy) {
    throw new Error(`only ${ended} of ${tasks} tasks ended, although nothing stopped the run`);
  }
  return tasks - ended;
}

function cacheHitShare(usage: RecordUsage): number | null {
  const input = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
  return input === 0 ? null : rounded(usage.cache_read_tokens / input);
}

/** The time of a task, from when its lane was free for it to its end. */
function taskMs({ queuedMs, durationMs, waitedMs }: Tallied): number {
  return (waitedMs.needs ?? 0) + Math.max(0, queuedMs) + Math.max(0, durationMs);
}

function waitingShare(
  waitedMs: ReadonlyMap<WaitReason, number>,
  taskMs: number,
): Summary['waiting_share'] {
  if (taskMs <= 0) return {};
  const shares = WAIT_REASONS.map(
    (reason) => [reason, rounded(Math.min(1, (waitedMs.get(reason) ?? 0) / taskMs))] as const,
  );
  return Object.fromEntries(shares.filter(([, share]) => share > 0));
}

function boundBy({ boundBy: bound }: ScheduleTotals): Summary['bound_by'] {
  if (!bound) return null;
  const { lane, reason, share, limit, pausedBy, keepingShare } = bound;
  return {
    lane,
    reason,
    share: rounded(share),
    limit: limit
      ? { amount: limit.amount, span_ms: limit.spanMs ?? null, source: limit.source }
      : null,
    ...(pausedBy !== undefined && { paused_by: pausedBy }),
    ...(keepingShare !== undefined && { keeping_share: rounded(keepingShare) }),
  };
}

function cached({ caching }: ScheduleTotals): Partial<Summary> {
  const sharedTokens = caching.reduce((sum, lane) => sum + lane.sharedTokens, 0);
  const readTokens = caching.reduce((sum, lane) => sum + lane.readTokens, 0);
  const stopped = caching.flatMap(({ lane, stopped: reason, diagnosis }) =>
    reason === undefined
      ? []
      : { model: lane, reason, ...(diagnosis !== undefined && { diagnosis }) },
  );
  return {
    ...(sharedTokens > 0 && { shared_tokens: sharedTokens, shared_tokens_read: readTokens }),
    ...(stopped.length > 0 && { caching_stopped: stopped }),
  };
}

function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
