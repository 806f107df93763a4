import { expect, test } from 'vitest';
import { playBatchStory, playDeadline } from './batch-story.ts';

const STORIES = Number(process.env['VOLLEY_TEST_STORIES'] ?? 60);
const DEADLINES = Number(process.env['VOLLEY_TEST_DEADLINES'] ?? 40);

test(
  'runs in batches that crash between any two steps pay for nothing twice',
  { timeout: 600_000 },
  async () => {
    for (let seed = 1; seed <= STORIES; seed += 1) {
      expect({ seed, broken: await playBatchStory(seed) }).toEqual({ seed, broken: [] });
    }
  },
);

test(
  'a deadline is kept by batches of any duration, at no more than the cost of realtime',
  { timeout: 600_000 },
  async () => {
    const late: { seed: number; lateShare: number }[] = [];
    let withBatches = 0;
    for (let seed = 1; seed <= DEADLINES; seed += 1) {
      const { violations, lateShare, costUsd, realtimeUsd, batches } = await playDeadline(seed);
      expect({ seed, violations }).toEqual({ seed, violations: [] });
      expect({ seed, isDearer: costUsd > realtimeUsd + 1e-9 }).toEqual({ seed, isDearer: false });
      if (lateShare > 0) late.push({ seed, lateShare });
      if (batches > 0) withBatches += 1;
    }
    expect(late.filter(({ lateShare }) => lateShare > 0.05)).toEqual([]);
    expect(late.length).toBeLessThanOrEqual(DEADLINES / 100);
    expect(withBatches).toBeGreaterThan(DEADLINES / 2);
  },
);
