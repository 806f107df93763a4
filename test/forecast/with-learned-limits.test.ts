import { expect, test } from 'vitest';
import { withLearned } from '../../src/forecast/with-learned-limits.ts';
import { realtimeEstimate } from '../../src/forecast/realtime-estimate.ts';
import { loadManifest, prepare } from '../../src/run/library.ts';

test('a plan uses the limits that earlier runs met, and never more than the declared ones', () => {
  const declared = { rpm: 100, concurrency: { start: 8, max: 50 } };
  expect(withLearned(declared, undefined)).toEqual(declared);
  expect(withLearned(declared, { announced: { rpm: 4_000, itpm: 30_000 }, found: {} })).toEqual({
    ...declared,
    itpm: 30_000,
  });
  const found = { rpm: 60, concurrency: { taken: 20, refused: 25 } };
  expect(withLearned(declared, { announced: { rpm: 90 }, found })).toEqual({
    rpm: 60,
    concurrency: { start: 20, max: 20 },
  });
  // Nothing was refused, so more may be accepted.
  expect(withLearned({}, { announced: {}, found: { concurrency: { taken: 20 } } })).toEqual({});
});

test('realtime takes longer where earlier runs met a limit', async () => {
  const loaded = await loadManifest('m.yaml', {
    text: 'tasks: [{ model: anthropic/claude-haiku-5-5, max_tokens: 9, prompt: "{{ item }}", for_each: [1, 2, 3, 4, 5, 6] }]',
  });
  const prepared = await prepare(loaded, { purpose: 'plan', environment: {} });
  const lanes = prepared.lanes.map((lane) => ({
    ...lane,
    limits: withLearned(lane.limits, { announced: {}, found: { rpm: 2 } }),
  }));
  const free = await realtimeEstimate(prepared, undefined);
  const limited = await realtimeEstimate({ ...prepared, lanes }, undefined);
  expect(free(1)).toBeLessThan(60_000);
  expect(limited(1)).toBeGreaterThan(100_000);
});
