import type { TaskTemplate } from '../manifest/manifest.ts';
import type { PromptRequest, Task } from '../plan/task.ts';
import type { LanePrefixes } from '../prefix/lane-prefixes.ts';
import { mayKeepLong } from '../prefix/cache-marks.ts';
import type { WarmUpOptions } from '../prefix/warm-up.ts';
import type { Usage } from '../providers/provider.ts';
import { dearestRequest } from '../providers/request-after-failure.ts';
import { addCharge, spentOf, type AttemptCosts } from './attempt-costs.ts';
import { billOf, type Bill, type LanePrices } from './bill.ts';
import type { BudgetGate, Reserved } from './budget-wait.ts';
import type { Reservation, Spent } from './budget-ledger.ts';
import type { WorstCase, WorstCaseOf } from './worst-case.ts';

/** What limits the cost of a run. */
export interface RunMoney {
  /** The most that a task can cost; null if nothing limits it. Default: never known. */
  readonly worstCase?: WorstCaseOf;
  /** Limits what the run may cost; `worstCase` must then know every task. */
  readonly budget?: BudgetGate;
}

/** The part of a lane that prices depend on. */
interface PricedLane {
  readonly config: LanePrices & {
    readonly name: string;
    readonly caching?: WarmUpOptions | undefined;
  };
  readonly prefixes: LanePrefixes | undefined;
  /** Aborted once the lane sends nothing more. */
  readonly stopped: AbortSignal;
}

/** A task that is about to be sent to a model, or was sent to it. */
interface PaidTask extends AttemptCosts {
  readonly task: Task;
  /** Models that were asked before. */
  readonly tried: ReadonlyArray<Record<'costUsd' | 'possiblyPaidUsd', number | null>>;
  readonly request: PromptRequest;
  readonly sending: PromptRequest;
}

/**
 * Reserves the most that a task can cost, before the task asks for a slot, so that only this lane
 * waits for money. Undefined: the task may be sent.
 */
export async function reserveBudget(
  task: PaidTask,
  lane: PricedLane,
  money: RunMoney,
): Promise<Exclude<Reserved, { readonly kind: 'covered' }> | undefined> {
  const { budget } = money;
  if (!budget) return undefined;
  const { id, template } = task.task;
  const worst = worstCaseIn(lane, task.request, { template, money });
  // A bug: such tasks are refused before the run starts.
  if (!worst) throw new Error(`the cost of \`${id}\` has no limit, but a budget is set`);
  const taskSpentUsd = task.tried.reduce(
    (sum, { costUsd, possiblyPaidUsd }) => sum + (costUsd ?? 0) + (possiblyPaidUsd ?? 0),
    0,
  );
  const reserved = await budget.reserve({ ...worst, taskSpentUsd }, lane.config.name, lane.stopped);
  if (reserved.kind !== 'covered') return reserved;
  task.worstUsd = worst.attemptUsd;
  task.reservation = reserved.reservation;
  task.attemptUsd = reserved.reservation.attemptUsd;
  return undefined;
}

/** Adds what an attempt cost, or may have cost. Returns its bill; undefined if usage is unknown. */
export function chargeAttempt(
  task: PaidTask,
  { usage, possiblyPaid }: { readonly usage: Usage | undefined; readonly possiblyPaid: boolean },
  { lane, money }: { readonly lane: PricedLane; readonly money: RunMoney },
): Bill | undefined {
  const bill = usage && billOf(usage, task.sending.parameters, lane.config);
  const isEstimated = usage?.isEstimated === true;
  addCharge(task, bill, { possiblyPaid, isEstimated });
  const billedUsd = isEstimated ? 0 : (bill?.budgetUsd ?? 0);
  const overUsd = billedUsd - (task.worstUsd ?? Infinity);
  if (overUsd > 0) money.budget?.wasExceeded(lane.config.name, overUsd);
  if (task.unbilledAttempts > 0 && task.attemptUsd === null) {
    const worst = worstCaseIn(lane, task.request, { template: task.task.template, money });
    task.attemptUsd = worst?.attemptUsd ?? null;
  }
  return bill;
}

/** Releases what was reserved and not spent. */
export function returnBudget(costs: AttemptCosts, { budget }: RunMoney): void {
  const { reservation } = costs;
  if (!budget || !reservation) return;
  costs.reservation = undefined;
  budget.settle(reservation, spentOf(costs));
}

/** For a call that was not sent. */
export const NOTHING_SPENT: Spent = { usd: 0, possiblyPaidAttempts: 0 };

/**
 * Reserves money for a warm-up call and for the one task that it is made for. Undefined if there is
 * no budget.
 */
export async function reserveForCall(
  task: { readonly request: PromptRequest; readonly template: TaskTemplate },
  lane: PricedLane,
  money: RunMoney,
): Promise<Reservation | 'refused' | undefined> {
  const { budget } = money;
  if (!budget) return undefined;
  const worst = worstCaseIn(lane, task.request, { template: task.template, money });
  if (!worst) return 'refused';
  const need = { ...worst, attempts: 2, tasks: 2 };
  const reserved = await budget.reserve(need, lane.config.name, lane.stopped);
  if (reserved.kind !== 'covered') return 'refused';
  if (reserved.reservation.attempts === need.attempts) return reserved.reservation;
  budget.settle(reserved.reservation, NOTHING_SPENT);
  return 'refused';
}

/** The most that a request and the calls that follow it can cost; null if nothing limits it. */
function worstCaseIn(
  { config: { caching, price, budgetPrice = price }, prefixes }: PricedLane,
  request: PromptRequest,
  { template, money }: { readonly template: TaskTemplate; readonly money: RunMoney },
): WorstCase | null {
  const { maxRetries: retries, promptCache: setting = 'auto' } = template;
  const dearest = dearestRequest(request);
  // Without a shared prefix, nothing is marked, so nothing is kept in the cache.
  const longCache =
    caching !== undefined &&
    prefixes?.shared(dearest, template) !== undefined &&
    mayKeepLong(caching.rules, { setting, gapMs: caching.gapMs ?? 0 });
  return money.worstCase?.(dearest, { price: budgetPrice, retries, longCache }) ?? null;
}
