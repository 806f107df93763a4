import type { Price } from '../manifest/price-rates.ts';
import type { Bill } from './bill.ts';
import { roundUsd, sumCosts } from './cost.ts';
import type { Reservation, Spent } from './budget-ledger.ts';

/**
 * What a task's attempts with one model have cost, in US dollars; null if unknown. This object is
 * changed in place.
 */
export interface AttemptCosts {
  /** How many attempts were or may have been charged. A reservation covers a number of them. */
  chargedAttempts: number;
  /** How many of these did not report usage, so their cost is unknown. */
  unbilledAttempts: number;
  costUsd: number | null;
  /** The estimated part of `costUsd`. */
  estimatedUsd: number | null;
  cacheSavedUsd: number | null;
  /** What the attempts used of the budget, not counting unbilled ones. */
  budgetUsd: number | null;
  /** The most that each unbilled attempt can cost; null if this is unknown or unlimited. */
  attemptUsd: number | null;
  /** The computed worst case of an attempt; undefined without a budget. */
  worstUsd: number | undefined;
  /** The money reserved for the task; undefined without a budget, and once the task is settled. */
  reservation: Reservation | undefined;
}

export function noCosts(price: Price | undefined): AttemptCosts {
  const nothingUsd = price === undefined ? null : 0;
  return {
    chargedAttempts: 0,
    unbilledAttempts: 0,
    costUsd: nothingUsd,
    estimatedUsd: nothingUsd,
    cacheSavedUsd: nothingUsd,
    budgetUsd: 0,
    attemptUsd: null,
    worstUsd: undefined,
    reservation: undefined,
  };
}

/** Adds what an attempt cost, or may have cost. */
export function addCharge(
  costs: AttemptCosts,
  bill: Bill | undefined,
  { possiblyPaid, isEstimated }: { readonly possiblyPaid: boolean; readonly isEstimated: boolean },
): void {
  if (!bill && !possiblyPaid) return;
  costs.chargedAttempts += 1;
  if (!bill || isEstimated) costs.unbilledAttempts += 1;
  if (!bill) return;
  costs.costUsd = sumCosts([costs.costUsd, bill.costUsd]);
  costs.cacheSavedUsd = sumCosts([costs.cacheSavedUsd, bill.cacheSavedUsd]);
  if (isEstimated) costs.estimatedUsd = sumCosts([costs.estimatedUsd, bill.costUsd]);
  else costs.budgetUsd = sumCosts([costs.budgetUsd, bill.budgetUsd]);
}

/**
 * The most that unbilled attempts can have cost in addition to `costUsd`, which already includes
 * estimates.
 */
export function possiblyPaidUsd(costs: AttemptCosts): number | null {
  const { unbilledAttempts, attemptUsd, estimatedUsd } = costs;
  if (unbilledAttempts === 0) return 0;
  if (attemptUsd === null) return null;
  return roundUsd(Math.max(0, unbilledAttempts * attemptUsd - (estimatedUsd ?? 0)));
}

/** Whether the reservation covers one more attempt. */
export function coversAnother({ reservation, chargedAttempts }: AttemptCosts): boolean {
  return reservation === undefined || chargedAttempts < reservation.attempts;
}

/**
 * The amount with which to settle a reservation. Unknown and estimated costs count as the worst
 * case.
 */
export function spentOf({ budgetUsd, chargedAttempts, unbilledAttempts }: AttemptCosts): Spent {
  if (budgetUsd === null) return { usd: 0, possiblyPaidAttempts: chargedAttempts };
  return { usd: budgetUsd, possiblyPaidAttempts: unbilledAttempts };
}
