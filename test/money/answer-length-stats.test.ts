import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createOutputStats,
  expectedOutput,
  type OutputStats,
} from '../../src/money/answer-length-stats.ts';

function statsOf(lengths: Iterable<number>): OutputStats {
  const stats = createOutputStats();
  for (const length of lengths) stats.add(length);
  return stats;
}

describe('the lengths of answers', () => {
  it('have a mean, a standard error and a 95th percentile', () => {
    const stats = statsOf([10, 20, 30, 40]);
    expect([stats.count, stats.mean, stats.quantile(0.95)]).toEqual([4, 25, 40]);
    // The variance is 500 / 3, and there are 4 answers.
    expect(stats.standardError).toBeCloseTo(Math.sqrt(500 / 3 / 4), 12);
  });

  it('are zero without an answer', () => {
    const stats = statsOf([]);
    expect([stats.count, stats.mean, stats.standardError, stats.quantile(0.5)]).toEqual([
      0,
      0,
      Infinity,
      0,
    ]);
  });

  it('ignore invalid lengths', () => {
    expect(statsOf([5, Number.NaN, -1]).count).toBe(1);
  });

  it('give quantiles within 1% of those of the sorted list, and the exact mean', () => {
    const lengths = fc.array(fc.nat(200_000), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(lengths, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
        const stats = statsOf(list);
        const sorted = list.toSorted((one, other) => one - other);
        const exact = sorted[Math.max(1, Math.ceil(share * list.length)) - 1] ?? 0;
        expect(Math.abs(stats.quantile(share) - exact)).toBeLessThanOrEqual(0.0101 * exact + 0.5);
        const mean = list.reduce((sum, each) => sum + each, 0) / list.length;
        expect(stats.mean).toBeCloseTo(mean, 6);
      }),
    );
  });

  it('take no more memory for a million answers', () => {
    const stats = createOutputStats();
    for (let index = 0; index < 1_000_000; index += 1) stats.add((index * 7919) % 4096);
    expect(stats.mean).toBeCloseTo(2047.4, 0);
    expect(Math.abs(stats.quantile(0.95) - 3891)).toBeLessThan(40);
  });
});

describe('the expected length of an answer', () => {
  it('is a third of its maximum before the first answer', () => {
    expect(expectedOutput(undefined, 900)).toEqual({
      low: 75,
      expected: 300,
      p95: 900,
      ceiling: 900,
      basis: 'assumed',
    });
  });

  it('is a paragraph or two if nothing is known', () => {
    expect(expectedOutput(statsOf([]), undefined)).toEqual({
      low: 125,
      expected: 500,
      p95: 1500,
      ceiling: undefined,
      basis: 'assumed',
    });
  });

  it('is the mean so far, minus two standard errors at the low end', () => {
    expect(expectedOutput(statsOf([10, 20, 30, 40]), 4096)).toEqual({
      low: 12,
      expected: 25,
      p95: 40,
      ceiling: 4096,
      basis: 'records',
    });
  });

  it('never exceeds the maximum, and is ordered', () => {
    const lengths = fc.array(fc.nat(50_000), { maxLength: 20 });
    fc.assert(
      fc.property(lengths, fc.option(fc.nat(10_000), { nil: undefined }), (list, ceiling) => {
        const { low, expected, p95 } = expectedOutput(statsOf(list), ceiling);
        expect(low).toBeLessThanOrEqual(expected);
        expect(Math.max(low, expected, p95)).toBeLessThanOrEqual(ceiling ?? Infinity);
      }),
    );
  });
});
