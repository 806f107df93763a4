import type { Failure } from '../errors/failure.ts';
import type { TaskTemplate } from '../manifest/manifest.ts';
import { spentOf } from '../money/attempt-costs.ts';
import type { WorstCase } from '../money/worst-case.ts';
import type { PromptRequest } from '../plan/task.ts';
import { mayKeepLong } from '../prefix/marks.ts';
import type { LaneWorker, RunContext, ScheduleOptions } from './context.ts';
import { dearestRequest } from '../providers/request-after-failure.ts';
import type { ReadyTask, TaskState } from './task-state.ts';

/** Whether a task may be sent, as far as money goes. */
type Covered =
  | { readonly kind: 'covered' }
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** The lane or the run has stopped. */
  | { readonly kind: 'stopped' };

/**
 * Reserves the most that a task can cost, before it asks for a slot: so only this lane waits for
 * money. Stops the run where the budget covers no further attempt.
 */
export async function reserveBudget(
  task: ReadyTask,
  lane: LaneWorker,
  { options, stops }: RunContext,
): Promise<Covered> {
  const { budget } = options;
  if (!budget) return { kind: 'covered' };
  const worst = worstCaseOf(task, lane, options);
  if (!worst) throw unbounded(task);
  const need = { ...worst, taskSpentUsd: spentBefore(task) };
  const money = await budget.reserve(need, lane.config.name, lane.stopped);
  if (money.kind === 'covered') {
    task.worstUsd = worst.attemptUsd;
    task.reservation = money.reservation;
    task.attemptUsd = money.reservation.attemptUsd;
    return { kind: 'covered' };
  }
  if (money.kind !== 'used_up') return money;
  stops.stop({ kind: 'budget', message: money.message });
  return { kind: 'stopped' };
}

/** Gives back what was reserved and not spent. */
export function returnBudget(state: TaskState, { options: { budget } }: RunContext): void {
  const { reservation } = state;
  if (!budget || !reservation) return;
  state.reservation = undefined;
  budget.settle(reservation, spentOf(state));
}

/** What other models cost that were asked before, at most. */
function spentBefore({ tried }: ReadyTask): number {
  return tried.reduce((sum, each) => sum + (each.costUsd ?? 0) + (each.possiblyPaidUsd ?? 0), 0);
}

/** The most that the task can cost; null where nothing bounds it. */
export function worstCaseOf(
  { request, task }: ReadyTask,
  lane: LaneWorker,
  options: ScheduleOptions,
): WorstCase | null {
  return callWorstCase(dearestRequest(request), task.template, lane, options);
}

/** The most that a request of a template can cost; null where nothing bounds it. */
export function callWorstCase(
  request: PromptRequest,
  template: TaskTemplate,
  { config: { caching, price, budgetPrice = price }, prefixes }: LaneWorker,
  { worstCase }: ScheduleOptions,
): WorstCase | null {
  const { maxRetries, promptCache: setting = 'auto' } = template;
  // What shares no prefix is never marked, so nothing of it is kept.
  const isShared = prefixes?.shared(request, template) !== undefined;
  return (
    worstCase?.(request, {
      price: budgetPrice,
      retries: maxRetries,
      longCache:
        isShared &&
        caching !== undefined &&
        mayKeepLong(caching.rules, { setting, gapMs: caching.gapMs ?? 0 }),
    }) ?? null
  );
}

/** A bug: tasks like this are refused before the run starts. */
function unbounded({ task }: ReadyTask): Error {
  return new Error(`the cost of \`${task.id}\` has no bound, but a budget is set`);
}
