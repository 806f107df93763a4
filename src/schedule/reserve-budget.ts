import type { Failure } from '../errors/failure.ts';
import type { TaskTemplate } from '../manifest/manifest.ts';
import { spentOf } from '../money/attempt-costs.ts';
import type { WorstCase } from '../money/worst-case.ts';
import type { PromptRequest } from '../plan/task.ts';
import { mayKeepLong } from '../prefix/marks.ts';
import { dearestRequest } from '../providers/request-after-failure.ts';
import type { LaneWorker, RunContext, ScheduleOptions } from './context.ts';
import type { ReadyTask, TaskState } from './task-state.ts';

/** Whether a task may be sent, as far as money is concerned. */
type Covered =
  | { readonly kind: 'covered' }
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** The lane or the run has stopped. */
  | { readonly kind: 'stopped' };

/**
 * Reserves the most that a task can cost, before the task asks for a slot, so that only this lane
 * waits for money. Stops the run if the budget does not cover another attempt.
 */
export async function reserveBudget(
  task: ReadyTask,
  lane: LaneWorker,
  { options, stops }: RunContext,
): Promise<Covered> {
  const { budget } = options;
  if (!budget) return { kind: 'covered' };
  const { id, template } = task.task;
  const worst = worstCaseOf(task.request, template, lane, options);
  // A bug: such tasks are refused before the run starts.
  if (!worst) throw new Error(`the cost of \`${id}\` has no limit, but a budget is set`);
  const taskSpentUsd = task.tried.reduce(
    (sum, { costUsd, possiblyPaidUsd }) => sum + (costUsd ?? 0) + (possiblyPaidUsd ?? 0),
    0,
  );
  const money = await budget.reserve({ ...worst, taskSpentUsd }, lane.config.name, lane.stopped);
  if (money.kind === 'used_up') {
    stops.stop({ kind: 'budget', message: money.message });
    return { kind: 'stopped' };
  }
  if (money.kind !== 'covered') return money;
  task.worstUsd = worst.attemptUsd;
  task.reservation = money.reservation;
  task.attemptUsd = money.reservation.attemptUsd;
  return { kind: 'covered' };
}

/** Releases what was reserved and not spent. */
export function returnBudget(state: TaskState, { options: { budget } }: RunContext): void {
  const { reservation } = state;
  if (!budget || !reservation) return;
  state.reservation = undefined;
  budget.settle(reservation, spentOf(state));
}

/** The most that a request and the calls that follow it can cost; null if nothing limits it. */
export function worstCaseOf(
  request: PromptRequest,
  template: TaskTemplate,
  { config: { caching, price, budgetPrice = price }, prefixes }: LaneWorker,
  { worstCase }: ScheduleOptions,
): WorstCase | null {
  const { maxRetries: retries, promptCache: setting = 'auto' } = template;
  const dearest = dearestRequest(request);
  // Without a shared prefix, nothing is marked, so nothing is kept in the cache.
  const longCache =
    caching !== undefined &&
    prefixes?.shared(dearest, template) !== undefined &&
    mayKeepLong(caching.rules, { setting, gapMs: caching.gapMs ?? 0 });
  return worstCase?.(dearest, { price: budgetPrice, retries, longCache }) ?? null;
}
