import type { Failure } from '../errors/failure.ts';
import { unlessAborted } from '../ports/abort.ts';
import { createChanges } from '../ports/changes.ts';
import { formatUsd } from './cost.ts';
import type { Admission, Ledger, Reservation, Spent, TaskNeed } from './budget-ledger.ts';

/**
 * A ledger that can wait: money is reserved before a task is sent and settled when the task ends.
 * `lane`: `provider/model`.
 */
export interface BudgetGate {
  /** Waits as long as tasks in flight may release enough money. */
  reserve(need: TaskNeed, lane: string, stop: AbortSignal): Promise<Reserved>;
  /**
   * An attempt cost this much more than its worst case, because the server adds text or counts
   * differently. From now on, every attempt in the lane reserves that much more.
   */
  wasExceeded(lane: string, byUsd: number): void;
  settle(reservation: Reservation, spent: Spent): void;
}

export type Reserved =
  | { readonly kind: 'covered'; readonly reservation: Reservation }
  /** The task by itself is too expensive. */
  | { readonly kind: 'refused'; readonly failure: Failure }
  /**
   * The rest of the run's budget does not cover one attempt, and no more money will be released.
   */
  | { readonly kind: 'used_up'; readonly message: string }
  | { readonly kind: 'stopped' };

export function createBudgetGate(ledger: Ledger): BudgetGate {
  const extraUsd = new Map<string, number>();
  const settlements = createChanges();

  return {
    async reserve({ attemptUsd, ...need }, lane, stop) {
      for (;;) {
        if (stop.aborted) return { kind: 'stopped' };
        const withExtraUsd = attemptUsd + (extraUsd.get(lane) ?? 0);
        const admission = ledger.reserve({ ...need, attemptUsd: withExtraUsd });
        if (admission.ok) return { kind: 'covered', reservation: admission.reservation };
        if (admission.cap === 'task') return { kind: 'refused', failure: tooDear(admission) };
        if (admission.retry === 'never') return { kind: 'used_up', message: usedUp(admission) };
        await unlessAborted(settlements.next(), stop);
      }
    },
    wasExceeded(lane, byUsd) {
      extraUsd.set(lane, Math.max(extraUsd.get(lane) ?? 0, byUsd));
    },
    settle(reservation, spent) {
      ledger.settle(reservation, spent);
      settlements.tell();
    },
  };
}

type Refusal = Extract<Admission, { readonly ok: false }>;

function tooDear({ neededUsd, leftUsd }: Refusal): Failure {
  return {
    code: 'BUDGET',
    message: `one attempt may cost up to ${formatUsd(neededUsd)}, but \`max_task_cost_usd\` is ${formatUsd(leftUsd)}`,
    retryable: false,
    hint: 'lower `max_tokens`, shorten the prompt or its context, or raise `budget.max_task_cost_usd`',
  };
}

function usedUp({ neededUsd, leftUsd }: Refusal): string {
  return `the next attempt may cost up to ${formatUsd(neededUsd)}, but only ${formatUsd(leftUsd)} of the budget is left`;
}
