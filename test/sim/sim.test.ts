import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createTokenEstimator } from '../../src/money/estimate-tokens.ts';
import failingSeeds from './failing-seeds.json' with { type: 'json' };
import { faultGroups } from './faults.ts';
import { mutants } from './mutants.ts';
import { simulateMany } from './simulate-many.ts';
import { simulate } from './simulate.ts';

/** `npm run sim` plays many more: see scripts/sim.ts. */
const SEEDS = 2_000;

describe('made-up runs with crashes, faults and edits', () => {
  it('break no promise, and meet everything that can go wrong', { timeout: 300_000 }, async () => {
    const { failures, counts } = await simulateMany({
      first: 1,
      step: 1,
      count: SEEDS,
      maxFailures: 1,
    });
    expect(failures).toEqual([]);
    expect(counts.crashes).toBeGreaterThan(SEEDS / 20);
    const names = Object.values(faultGroups).flatMap((group) => group.map(({ name }) => name));
    expect(names.filter((name) => !(name in counts.faults))).toEqual([]);
  });

  it.each(failingSeeds)('that once broke one break none: $seed, $why', async ({ seed }) => {
    await createTokenEstimator('tokens');
    expect((await simulate(seed)).violations).toEqual([]);
  });

  it.each(mutants)('would show this planted bug, which still fits the source: $name', (mutant) => {
    const source = readFileSync(new URL(`../../src/${mutant.file}`, import.meta.url), 'utf8');
    expect(source.split(mutant.find)).toHaveLength(2);
    expect(source.replace(mutant.find, () => mutant.replace)).not.toBe(source);
  });

  it('go the same way each time', async () => {
    await createTokenEstimator('tokens');
    expect(await told()).toBe(await told());
  });
});

/** All that happens in twenty stories. */
async function told(): Promise<string> {
  const lines: string[] = [];
  for (let seed = 1; seed <= 20; seed += 1) {
    await simulate(seed, { log: (line) => lines.push(line) });
  }
  return lines.join('\n');
}
