import { createTokenEstimator } from '../../src/money/estimate-tokens.ts';
import { simulate, type SimulationCounts, type SimulationReport } from './simulate.ts';

/** Seeds from `first` on, every `step`-th, `count` in all. */
export interface SeedRange {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** Failing seeds after which it is enough. */
  readonly maxFailures: number;
}

export interface ManyReport {
  readonly seeds: number;
  readonly failures: readonly SimulationReport[];
  readonly counts: SimulationCounts;
}

const NOTHING: SimulationCounts = { lives: 0, crashes: 0, requests: 0, paidTwice: 0, faults: {} };

/** Plays one seed after the other. */
export async function simulateMany(range: SeedRange): Promise<ManyReport> {
  // The only real work that a run waits for: the clock would take it for a hang.
  await createTokenEstimator('tokens');
  const failures: SimulationReport[] = [];
  let counts = NOTHING;
  let seeds = 0;
  while (seeds < range.count && failures.length < range.maxFailures) {
    const report = await simulate(range.first + seeds * range.step);
    seeds += 1;
    counts = addCounts(counts, report.counts);
    if (report.violations.length > 0) failures.push(report);
  }
  return { seeds, failures, counts };
}

export function addReports(one: ManyReport, other: ManyReport): ManyReport {
  return {
    seeds: one.seeds + other.seeds,
    failures: [...one.failures, ...other.failures].sort((left, right) => left.seed - right.seed),
    counts: addCounts(one.counts, other.counts),
  };
}

export const NO_REPORT: ManyReport = { seeds: 0, failures: [], counts: NOTHING };

function addCounts(one: SimulationCounts, other: SimulationCounts): SimulationCounts {
  const faults: Record<string, number> = { ...one.faults };
  for (const [name, count] of Object.entries(other.faults)) {
    faults[name] = (faults[name] ?? 0) + count;
  }
  return {
    lives: one.lives + other.lives,
    crashes: one.crashes + other.crashes,
    requests: one.requests + other.requests,
    paidTwice: one.paidTwice + other.paidTwice,
    faults,
  };
}
