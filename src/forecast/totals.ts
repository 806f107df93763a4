import { roundUsd } from '../money/cost.ts';
import type { RequestEstimate } from './request-estimate.ts';
import type { PlannedCost } from './plan-report.ts';

/** Sums over tasks to send, in whole tokens. */
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
  /** The expected cost with the caching of either mode, at the price of this one; null if a price is unknown. */
  readonly realtimeUsd: number | null;
  readonly batchedUsd: number | null;
  /** The highest cost of all retries of all tasks; null if unknown. */
  readonly retriesUsd: number | null;
}

/** Scales a sample up to all tasks of a template. Tasks that cannot be rendered are not sent and count nothing. */
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
  return parts.reduce(add, NOTHING);
}

const NOTHING: Totals = {
  tasks: 0,
  inputTokens: 0,
  expectedOutput: 0,
  outputCeiling: 0,
  cost: { low: 0, expected: 0, ceiling: 0 },
  uncachedUsd: 0,
  realtimeUsd: 0,
  batchedUsd: 0,
  retriesUsd: 0,
};

function add(one: Totals, other: Totals): Totals {
  return {
    tasks: one.tasks + other.tasks,
    inputTokens: one.inputTokens + other.inputTokens,
    expectedOutput: one.expectedOutput + other.expectedOutput,
    outputCeiling: known(one.outputCeiling, other.outputCeiling),
    cost: one.cost &&
      other.cost && {
        low: roundUsd(one.cost.low + other.cost.low),
        expected: roundUsd(one.cost.expected + other.cost.expected),
        ceiling: knownUsd(one.cost.ceiling, other.cost.ceiling),
      },
    uncachedUsd: knownUsd(one.uncachedUsd, other.uncachedUsd),
    realtimeUsd: knownUsd(one.realtimeUsd, other.realtimeUsd),
    batchedUsd: knownUsd(one.batchedUsd, other.batchedUsd),
    retriesUsd: knownUsd(one.retriesUsd, other.retriesUsd),
  };
}

function known(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}

function knownUsd(one: number | null, other: number | null): number | null {
  const sum = known(one, other);
  return sum === null ? null : roundUsd(sum);
}
