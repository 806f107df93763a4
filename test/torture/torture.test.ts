/** The short form of `npm run torture`. */
import { beforeAll, expect, test } from 'vitest';
import { ensureBuilt } from '../support/build.ts';
import { tortureCacheByKills } from './cache-kills.ts';
import { tortureByFullDisk } from './full-disk.ts';
import { tortureByKills } from './kills.ts';
import { tortureByReaders } from './readers.ts';
import { tortureBySignals } from './signals.ts';

const TIMEOUT_MS = 300_000;
beforeAll(ensureBuilt, TIMEOUT_MS);

test(
  'ten kills at random moments lose no record, and cost at most what was in flight',
  async () => {
    const figures = await tortureByKills({
      kills: 10,
      tasksPerVolley: 800,
      concurrency: 16,
      seed: 1,
    });
    expect(figures.violations).toEqual([]);
    expect(figures.kills).toBeGreaterThanOrEqual(10);
  },
  TIMEOUT_MS,
);

test(
  'signals at any time leave a file that resumes, and say how',
  async () => {
    const figures = await tortureBySignals({ rounds: 6, seed: 1 });
    expect(figures.violations).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'a disk without space loses no more than what was in flight; a dump elsewhere loses nothing',
  async () => {
    for (const { by, violations } of await tortureByFullDisk({ sizesKiB: [64, 200] })) {
      expect([by, ...violations]).toEqual([by]);
    }
  },
  TIMEOUT_MS,
);

test(
  'readers that leave, dawdle or were never there take nothing but themselves away',
  async () => {
    const figures = await tortureByReaders({ heads: 1, slowRecords: 2000 });
    expect(figures.violations).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'eight processes that share a response cache and are killed pay again for no more than was in flight',
  async () => {
    const figures = await tortureCacheByKills({
      processes: 8,
      kills: 16,
      tasks: 240,
      concurrency: 4,
      seed: 1,
    });
    expect(figures.violations).toEqual([]);
    expect(figures.kills).toBe(16);
  },
  TIMEOUT_MS,
);
