import { expect, test } from 'vitest';
import { drive } from '../pacing/drive.ts';
import { SERVER } from '../pacing/virtual-server.ts';
import { createLaneState } from '../../src/schedule/lane-state.ts';
import { learnedFrom } from '../../src/schedule/learned.ts';

const POLICY = { countsCacheReads: true, countsMaxTokens: false };
const HUNDRED_A_SECOND = { requests: { perMinute: 6_000, holdsS: 1 } };

function learnedAt(server: Partial<typeof SERVER>) {
  const { states } = drive({ server: { ...SERVER, ...server }, seed: 1, durationMs: 30_000 });
  const [state] = states;
  if (!state) throw new Error('there is no lane');
  return learnedFrom(state);
}

test('a lane that has met no limit has learned none', () => {
  expect(learnedFrom(createLaneState({ rpm: 5 }, POLICY))).toEqual({
    concurrency: undefined,
    rpm: undefined,
    announced: [],
  });
});

test('a lane learns an unannounced rate, an unannounced number at once, and what is announced', () => {
  const { rpm = 0 } = learnedAt({ buckets: HUNDRED_A_SECOND });
  expect(rpm / 6_000).toBeCloseTo(1, 1);
  expect(learnedAt({ concurrency: 40 }).concurrency).toBeCloseTo(40, -1);
  expect(learnedAt({ buckets: HUNDRED_A_SECOND, headers: 'openai' }).announced).toEqual([
    { kind: 'requests', limit: 6_000, spanMs: 60_000 },
  ]);
});

test('what was learned is where a lane begins, within what is declared', () => {
  const earlier = { learned: { concurrency: 40, rpm: 6_000 }, nowMs: 0 };
  expect(createLaneState({}, POLICY, earlier).concurrency).toBe(40);
  const declared = { concurrency: { start: 2, max: 10 } };
  expect(createLaneState(declared, POLICY, earlier).concurrency).toBe(10);
});
