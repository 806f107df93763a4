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
  'ten kills at random moments lose no record, and cost at most the requests in flight',
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
  'signals at any time leave a file that can be resumed, and the run says how',
  async () => {
    const figures = await tortureBySignals({ rounds: 6, seed: 1 });
    expect(figures.violations).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'a full disk loses no more than the requests in flight, and nothing with a dump elsewhere',
  async () => {
    for (const { by, violations } of await tortureByFullDisk({ sizesKiB: [64, 200] })) {
      expect([by, ...violations]).toEqual([by]);
    }
  },
  TIMEOUT_MS,
);

test(
  'readers that leave, are slow or never existed do not affect the run',
  async () => {
    const figures = await tortureByReaders({ heads: 1, slowRecords: 2000 });
    expect(figures.violations).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'eight processes that share a response cache and are killed pay again only for requests in flight',
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
