import { describe, expect, test } from 'vitest';
import { SCENARIOS } from '../../bench/scenarios.ts';
import { spread } from '../pacing/measure.ts';
import { playShared } from './play-shared.ts';
import { isDeep } from '../support/scale.ts';

const SEEDS = isDeep ? [1, 2, 3] : [1];

describe('runs that share a key, on a machine that sometimes suspends each of them', () => {
  test.each([
    ['announced-tpm', 8, 1],
    ['cap-blind', 2, 3],
    ['cap-blind', 8, 3],
    ['nothing-announced', 4, 3],
  ])('use all that %s admits, %i runs, in fair shares', async (name, runs, mostWaste) => {
    const scenario = SCENARIOS.find((each) => each.name === name);
    if (!scenario) throw new Error(`no scenario \`${name}\``);
    const played = [];
    for (const seed of SEEDS) {
      const { steady, waste, answers } = await playShared(scenario, { runs, seed, stallMs: 400 });
      played.push({ steady, waste });
      expect(Math.min(...answers) / Math.max(...answers), `seed ${seed}`).toBeGreaterThan(0.5);
    }
    expect(
      spread(
        played.map(({ steady }) => steady),
        'higher',
      ).median,
    ).toBeGreaterThanOrEqual(0.95);
    for (const { waste } of played) expect(waste).toBeLessThanOrEqual(mostWaste);
  });
});
