import { expect, test } from 'vitest';
import { SCENARIOS } from '../../bench/scenarios.ts';
import { benchRun } from './bench-run.ts';
import { spread } from './measure.ts';

const SEEDS = 15;

interface Target {
  /** The least share of the ceiling: in the whole run, in steady state, and after a change. */
  readonly run?: number;
  readonly steady?: number;
  /** From 5 s after a change to the end. */
  readonly settled?: number;
  /** The most refusals per 100 admitted requests. */
  readonly waste: number;
}

const ANNOUNCED: Target = { run: 0.95, steady: 0.97, waste: 1 };

const TARGETS: Readonly<Record<string, Target>> = {
  'announced-rpm': ANNOUNCED,
  'announced-tpm': ANNOUNCED,
  'announced-itpm': ANNOUNCED,
  'announced-otpm': ANNOUNCED,
  'halved-announced': { settled: 0.97, waste: 2 },
  'halved-hidden': { settled: 0.97, waste: 2 },
  'cap-headers': { steady: 0.92, waste: 2 },
  'cap-blind': { steady: 0.85, waste: 2 },
  'nothing-announced': { steady: 0.97, waste: 2 },
  'retry-after-only': { steady: 0.97, waste: 2 },
  'refusals-count': { steady: 0.95, waste: 2 },
  outage: { settled: 0.9, waste: 2 },
};

test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
  '%s under the virtual clock meets its target in the median',
  (name, scenario) => {
    const reports = Array.from({ length: SEEDS }, (_, seed) =>
      benchRun(scenario, { seed: seed + 1 }),
    );
    const target = TARGETS[name];
    const median = {
      run: medianOf(reports.map(({ share }) => share.run)),
      steady: medianOf(reports.map(({ share }) => share.steady)),
      settled: medianOf(reports.map(({ share }) => share.settled ?? 1)),
      waste: medianOf(reports.map((report) => (100 * sum(report.refused)) / sum(report.accepted))),
    };
    expect(target).toBeDefined();
    for (const part of ['run', 'steady', 'settled'] as const) {
      expect(median[part], part).toBeGreaterThanOrEqual(target?.[part] ?? 0);
    }
    expect(median.waste).toBeLessThanOrEqual(target?.waste ?? 0);
  },
);

function medianOf(values: readonly number[]): number {
  return spread(values, 'higher').median;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, one) => all + one, 0);
}
