import { createTokenEstimator } from '../../src/money/token-ranges.ts';
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

/** Plays one seed after the other. */
export async function simulateMany(range: SeedRange): Promise<ManyReport> {
  // The only real work that a run waits for: the clock would take it for a hang.
  await createTokenEstimator('tokens');
  const failures: SimulationReport[] = [];
  const counts = noCounts();
  let seeds = 0;
  while (seeds < range.count && failures.length < range.maxFailures) {
    const report = await simulate(range.first + seeds * range.step);
    seeds += 1;
    add(counts, report.counts);
    if (report.violations.length > 0) failures.push(report);
  }
  return { seeds, failures, counts };
}

/** Deadlines that may be missed, by a few percent of their time. */
export function mostLate({ deadlines }: SimulationCounts): number {
  return Math.max(1, deadlines / 100);
}

export function sumOf(reports: readonly ManyReport[]): ManyReport {
  const counts = noCounts();
  for (const report of reports) add(counts, report.counts);
  return {
    seeds: reports.reduce((sum, { seeds }) => sum + seeds, 0),
    failures: reports
      .flatMap(({ failures }) => failures)
      .sort((left, right) => left.seed - right.seed),
    counts,
  };
}

type Counts = { -readonly [Name in keyof SimulationCounts]: SimulationCounts[Name] } & {
  faults: Record<string, number>;
};

const COUNTED = ['lives', 'crashes', 'requests', 'paidTwice', 'deadlines', 'late'] as const;

function noCounts(): Counts {
  return { lives: 0, crashes: 0, requests: 0, paidTwice: 0, deadlines: 0, late: 0, faults: {} };
}

function add(to: Counts, { faults, ...counts }: SimulationCounts): void {
  for (const name of COUNTED) to[name] += counts[name];
  for (const [name, count] of Object.entries(faults)) {
    to.faults[name] = (to.faults[name] ?? 0) + count;
  }
}
