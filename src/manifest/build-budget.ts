import type { Overrides } from './load-manifest.ts';
import type { Budget } from './manifest.ts';
import type { Written } from './written-value.ts';

/** `budget` with its overrides. Undefined if the cost has no limit. */
export function buildBudget(
  budget: Written,
  overrides: Pick<Overrides, 'maxCostUsd' | 'trustPrices' | 'allowParams'>,
): Budget | undefined {
  const maxCostUsd = overrides.maxCostUsd ?? budget.get('max_cost_usd').number;
  const maxTaskCostUsd = budget.get('max_task_cost_usd').number;
  if (maxCostUsd === undefined && maxTaskCostUsd === undefined) return undefined;
  if (overrides.maxCostUsd === undefined) return { maxCostUsd, maxTaskCostUsd };
  const { trustPrices: trustsPrices = false, allowParams = [] } = overrides;
  const callersCap = { trustsPrices, allowedParams: new Set(allowParams) };
  return { maxCostUsd, maxTaskCostUsd, callersCap };
}
