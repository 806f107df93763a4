import { roundUsd } from '../money/cost.ts';
import type { RequestEstimate } from './request-estimate.ts';
import type { PlannedCost } from './plan-report.ts';

/** Sums over the tasks to send, in whole tokens. */
export interface Totals {
  readonly tasks: number;
  readonly inputTokens: number;
  readonly expectedOutput: number;
  /** Null if the length of answers is not limited. */
  readonly outputCeiling: number | null;
  /** Null if a price is unknown. */
  readonly cost: PlannedCost | null;
  /** The expected cost without any cache; null if a price is unknown. */
  readonly uncachedUsd: number | null;
  /**
   * The expected cost with the caching of each mode, both at the price of the run's own mode; null
   * if a price is unknown.
   */
  readonly realtimeUsd: number | null;
  readonly batchedUsd: number | null;
  /** The highest cost of all retries of all tasks; null if unknown. */
  readonly retriesUsd: number | null;
}

/** Scales a sample up to all tasks of a template. Tasks that cannot be rendered count as zero. */
export function scaledTotals(
  estimates: readonly RequestEstimate[],
  facts: { tasks: number; sampled: number; retries: number; isPriced: boolean },
): Totals {
  const scale = facts.sampled === 0 ? 0 : facts.tasks / facts.sampled;
  const sum = (of: (estimate: RequestEstimate) => number): number =>
    scale * estimates.reduce((total, estimate) => total + of(estimate), 0);
  const ceilings = estimates.map(({ output }) => output.ceiling);
  const isBounded = ceilings.every((ceiling) => ceiling !== undefined);
  const costs = estimates.flatMap(({ cost }) => cost ?? []);
  const isPriced = facts.isPriced && costs.length === estimates.length;
  const most = costs.every(({ ceiling }) => ceiling !== null)
    ? roundUsd(sum(({ cost }) => cost?.ceiling ?? 0))
    : null;
  const mostAgain = sum(({ cost }) => cost?.retryCeiling ?? 0);
  return {
    tasks: facts.tasks,
    inputTokens: Math.round(sum(({ input }) => input.expected)),
    expectedOutput: Math.round(sum(({ output }) => output.expected)),
    outputCeiling: isBounded ? Math.round(sum(({ output }) => output.ceiling ?? 0)) : null,
    cost: isPriced
      ? {
          low: roundUsd(sum(({ cost }) => cost?.low ?? 0)),
          expected: roundUsd(sum(({ cost }) => cost?.expected ?? 0)),
          ceiling: most,
        }
      : null,
    uncachedUsd: isPriced ? roundUsd(sum(({ cost }) => cost?.uncached ?? 0)) : null,
    realtimeUsd: isPriced ? roundUsd(sum(({ cost }) => cost?.realtime ?? 0)) : null,
    batchedUsd: isPriced ? roundUsd(sum(({ cost }) => cost?.batched ?? 0)) : null,
    retriesUsd: isPriced && most !== null ? roundUsd(mostAgain * facts.retries) : null,
  };
}

export function addTotals(parts: readonly Totals[]): Totals {
  const sum = (of: (part: Totals) => number): number =>
    parts.reduce((all, each) => all + of(each), 0);
  const usd = (of: (part: Totals) => number | null): number | null => {
    const total = sumOfKnown(parts.map(of));
    return total === null ? null : roundUsd(total);
  };
  const [low, expected] = [
    usd(({ cost }) => cost && cost.low),
    usd(({ cost }) => cost && cost.expected),
  ];
  return {
    tasks: sum(({ tasks }) => tasks),
    inputTokens: sum(({ inputTokens }) => inputTokens),
    expectedOutput: sum(({ expectedOutput }) => expectedOutput),
    outputCeiling: sumOfKnown(parts.map(({ outputCeiling }) => outputCeiling)),
    cost:
      low === null || expected === null
        ? null
        : { low, expected, ceiling: usd(({ cost }) => cost && cost.ceiling) },
    uncachedUsd: usd(({ uncachedUsd }) => uncachedUsd),
    realtimeUsd: usd(({ realtimeUsd }) => realtimeUsd),
    batchedUsd: usd(({ batchedUsd }) => batchedUsd),
    retriesUsd: usd(({ retriesUsd }) => retriesUsd),
  };
}

/** Null if any part is unknown. */
export function sumOfKnown(parts: ReadonlyArray<number | null>): number | null {
  return parts.reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0);
}
