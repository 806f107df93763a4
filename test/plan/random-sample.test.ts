import { describe, expect, it } from 'vitest';
import { createSample } from '../../src/plan/random-sample.ts';
import { task } from '../schedule/world.ts';

/** How many tasks are selected from templates of these sizes, and which. */
function sampled(sizes: readonly number[], count: number, seed = 1) {
  const sample = createSample({ count, seed });
  const templateOf: number[] = [];
  for (const [at, size] of sizes.entries()) {
    const { template } = task(`t${at}`);
    for (let row = 0; row < size; row += 1) {
      const index = templateOf.push(at) - 1;
      sample.add({ ...task(`t${at}@${row}`), index, template });
    }
  }
  const chosen = sample.chosen();
  return {
    chosen,
    counts: sizes.map((_, at) => chosen.filter((index) => templateOf[index] === at).length),
  };
}

describe('a sample', () => {
  it('has the requested number of tasks, or all tasks if there are fewer', () => {
    expect(sampled([100], 7).chosen).toHaveLength(7);
    expect(sampled([5], 7).chosen.toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 4]);
  });

  it('gives each template its share, but at least one task', () => {
    expect(sampled([900, 90, 1], 12).counts).toEqual([10, 1, 1]);
  });

  it('takes tasks from the largest templates if the sample is too small for all of them', () => {
    expect(sampled([2, 90, 5], 2).counts).toEqual([0, 1, 1]);
  });

  it('is random, but always the same for the same seed', () => {
    const { chosen } = sampled([10_000], 500);
    expect(sampled([10_000], 500).chosen).toEqual(chosen);
    expect(sampled([10_000], 500, 2).chosen).not.toEqual(chosen);
    const mean = chosen.reduce((sum, index) => sum + index, 0) / chosen.length;
    expect(mean).toBeGreaterThan(4500);
    expect(mean).toBeLessThan(5500);
  });
});
