import { createTokenEstimator } from '../../src/money/token-ranges.ts';
import { simulate, type SimulationCounts, type SimulationReport } from './simulate.ts';

/** `count` seeds, starting with `first`, every `step`-th one. */
export interface SeedRange {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** The number of failing seeds after which to stop. */
  readonly maxFailures: number;
}

export interface ManyReport {
  readonly seeds: number;
  readonly failures: readonly SimulationReport[];
  readonly counts: SimulationCounts;
}

/** Plays one seed after another. */
export async function simulateMany(range: SeedRange): Promise<ManyReport> {
  // This is the only real work that a run waits for, and the clock would mistake it for a hang.
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

/** How many deadlines may be missed, by a few percent of their time. */
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
