import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createTokenEstimator } from '../../src/money/token-ranges.ts';
import failingSeeds from './failing-seeds.json' with { type: 'json' };
import { faultGroups } from './faults.ts';
import { mutants } from './mutants.ts';
import { mostLate, simulateMany } from './simulate-many.ts';
import { simulate } from './simulate.ts';

/** `npm run sim` plays many more: see scripts/sim.ts. */
const SEEDS = 2_000;

describe('simulated runs with crashes, faults and edits', () => {
  it('break no promise, and cover everything that can go wrong', { timeout: 300_000 }, async () => {
    const { failures, counts } = await simulateMany({
      first: 1,
      step: 1,
      count: SEEDS,
      maxFailures: 1,
    });
    expect(failures).toEqual([]);
    expect(counts.crashes).toBeGreaterThan(SEEDS / 20);
    expect(counts.deadlines).toBeGreaterThan(SEEDS / 100);
    expect(counts.late).toBeLessThanOrEqual(mostLate(counts));
    const names = Object.values(faultGroups).flatMap((group) => group.map(({ name }) => name));
    expect(names.filter((name) => !(name in counts.faults))).toEqual([]);
  });

  it('leave nothing in memory, even after a run that ended in the middle', async () => {
    await createTokenEstimator('tokens');
    const stories: WeakRef<object>[] = [];
    for (let seed = 1; seed <= 50; seed += 1) stories.push(await forgotten(seed));
    // Objects that signals hold are released one turn after the signals themselves are found to be
    // garbage.
    for (let round = 0; round < 5; round += 1) await collectGarbage();
    expect(stories.filter((story) => story.deref() !== undefined)).toEqual([]);
  });

  // See docs/decisions/0022-avoid-allocations-that-survive.md.
  it('leave almost nothing after a full garbage collection', async () => {
    await createTokenEstimator('tokens');
    const collect = collector();
    const hasMore = false;
    for (let seed = 1; seed <= 50; seed += 1) await simulate(seed, { hasMore });
    collect('major');
    const before = process.memoryUsage().heapUsed;
    for (let seed = 51; seed <= 150; seed += 1) {
      await simulate(seed, { hasMore });
      // Two minor collections, because objects that survive one are still young.
      collect('minor');
      collect('minor');
    }
    const keptKiB = (process.memoryUsage().heapUsed - before) / 100 / 1024;
    // Bottleneck creates generator functions for each job, whose closures stay until a full
    // collection, and each life wraps its plan. 326 to 342 KiB were observed.
    expect(keptKiB).toBeLessThan(400);
  });

  it.each(failingSeeds)('that once broke a promise no longer do: $seed, $why', async ({ seed }) => {
    await createTokenEstimator('tokens');
    expect((await simulate(seed)).violations).toEqual([]);
  });

  it.each(mutants)('would show this planted bug, which still fits the source: $name', (mutant) => {
    const source = readFileSync(new URL(`../../src/${mutant.file}`, import.meta.url), 'utf8');
    expect(source.split(mutant.find)).toHaveLength(2);
    expect(source.replace(mutant.find, () => mutant.replace)).not.toBe(source);
  });

  it('are the same each time', async () => {
    await createTokenEstimator('tokens');
    expect(await told()).toBe(await told());
  });
});

/**
 * Plays a story; returns weak references to every part of it that keeps the whole story in memory.
 */
async function forgotten(seed: number): Promise<WeakRef<object>> {
  const log = (): void => void seed;
  await simulate(seed, { log });
  return new WeakRef(log);
}

async function collectGarbage(): Promise<void> {
  const collect = collector();
  // Objects that a weak reference returned in this turn are kept until its end.
  await new Promise((resolve) => setImmediate(resolve));
  collect('major');
}

function collector(): (type: 'major' | 'minor') => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('there is no `gc`');
  return (type) => void collect({ type });
}

/** A log of everything that happens in twenty stories. */
async function told(): Promise<string> {
  const lines: string[] = [];
  for (let seed = 1; seed <= 20; seed += 1) {
    await simulate(seed, { log: (line) => lines.push(line) });
  }
  return lines.join('\n');
}
