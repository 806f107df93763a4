import type { Failure } from '../errors/failure.ts';
import type { WorstCase } from '../money/worst-case.ts';
import type { LaneRun, RunContext } from './lane-run.ts';
import { dearestRequest } from './next-request.ts';
import type { RenderedProgress } from './progress.ts';
import type { ScheduleOptions } from './schedule.ts';

/** Whether a task may be sent, as far as money goes. */
export type Covered =
  | { readonly kind: 'covered' }
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** The lane or the run has stopped. */
  | { readonly kind: 'stopped' };

/**
 * Sets aside the most that a task can cost, before it asks for a slot: so only this lane waits for
 * money. Stops the run where the budget covers no further attempt.
 */
export async function setAside(
  progress: RenderedProgress,
  lane: LaneRun,
  { options, stops }: RunContext,
): Promise<Covered> {
  const { purse } = options;
  if (!purse) return { kind: 'covered' };
  const worst = worstCaseOf(progress, lane, options);
  if (!worst) throw unbounded(progress);
  const need = { ...worst, taskSpentUsd: spentBefore(progress) };
  const money = await purse.setAside(need, lane.lane.name, lane.stopped);
  if (money.kind === 'covered') {
    progress.worstUsd = worst.attemptUsd;
    progress.reservation = money.reservation;
    progress.attemptUsd = money.reservation.attemptUsd;
    return { kind: 'covered' };
  }
  if (money.kind !== 'used_up') return money;
  stops.stop({ kind: 'budget', message: money.message });
  return { kind: 'stopped' };
}

/** What other models cost that were asked before, at the most. */
function spentBefore({ tried }: RenderedProgress): number {
  return tried.reduce((sum, each) => sum + (each.costUsd ?? 0) + (each.possiblyPaidUsd ?? 0), 0);
}

/** The most that the task can cost; null where nothing bounds it. */
export function worstCaseOf(
  { request, task }: RenderedProgress,
  { lane }: LaneRun,
  { worstCase }: ScheduleOptions,
): WorstCase | null {
  return (
    worstCase?.(dearestRequest(request), {
      price: lane.budgetPrice ?? lane.price,
      retries: task.template.maxRetries,
    }) ?? null
  );
}

/** A bug: tasks like this are refused before the run starts. */
function unbounded({ task }: RenderedProgress): Error {
  return new Error(`the cost of \`${task.id}\` has no bound, and there is a budget`);
}
