import { drive, type Driven } from './drive.ts';
import type { Scenario } from './scenarios.ts';

export interface Measured {
  /** Share of the ceiling that was reached, in the whole run and in steady state. */
  readonly whole: number;
  readonly steady: number;
  /** Refused requests per 100 admitted. */
  readonly waste: number;
  readonly driven: Driven;
}

export function measure(scenario: Scenario, seed: number): Measured {
  const driven = drive({ ...scenario, seed });
  const { admitted, refused } = driven.server;
  const share = (fromMs: number): number => {
    const count = admitted.filter((atMs) => atMs >= fromMs && atMs < scenario.durationMs).length;
    return count / possible(scenario, fromMs);
  };
  return {
    whole: share(0),
    steady: share(scenario.steadyFromMs),
    waste: (100 * refused.length) / Math.max(1, admitted.length),
    driven,
  };
}

/** The number of requests that the ceiling allows from `fromMs` to the end. */
function possible({ ceiling, durationMs }: Scenario, fromMs: number): number {
  let sum = 0;
  for (let atMs = fromMs; atMs < durationMs; atMs += 100) sum += ceiling(atMs) / 10;
  return sum;
}

export interface Spread {
  readonly median: number;
  readonly worst: number;
}

/** The median, and the value that nine tenths of the runs reach or exceed. */
export function spread(values: readonly number[], isBetter: 'higher' | 'lower'): Spread {
  const sorted = values.toSorted((left, right) =>
    isBetter === 'higher' ? right - left : left - right,
  );
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { median: at(0.5), worst: at(0.9) };
}
