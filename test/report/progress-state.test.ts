import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createProgress } from '../../src/report/progress-state.ts';
import type { RunEvent } from '../../src/results/run-events.ts';
import {
  attempt,
  failedTask,
  finished,
  LANE,
  paused,
  RATE_LIMIT,
  retry,
  runStarted,
} from './events.ts';

const OTHER = 'openai/gpt-6.1-sol';
const CALL = {
  entry: '',
  lane: LANE,
  attempt: 1,
  lastFailure: undefined,
  retryInMs: undefined,
};

function progressAfter(...events: readonly RunEvent[]): ReturnType<typeof createProgress> {
  const progress = createProgress();
  for (const event of events) progress.apply(event, 0);
  return progress;
}

test('a task is in flight, then between attempts, then in flight again, then done', () => {
  const progress = progressAfter(runStarted([LANE, 3]));
  const counts = (event: RunEvent): unknown => {
    progress.apply(event, 0);
    const [lane] = progress.lanes(0);
    return [lane?.running, lane?.retrying, lane?.done, lane?.failed];
  };
  expect(counts(attempt('a', 0))).toEqual([1, 0, 0, 0]);
  expect(counts(retry('a', 1000))).toEqual([0, 1, 0, 0]);
  expect(counts(attempt('a', 1000, { number: 2 }))).toEqual([1, 0, 0, 0]);
  expect(counts(finished('a'))).toEqual([0, 0, 1, 0]);
  expect(counts(attempt('b', 0))).toEqual([1, 0, 1, 0]);
  expect(counts(retry('b', 1000))).toEqual([0, 1, 1, 0]);
  expect(counts(failedTask('b'))).toEqual([0, 0, 2, 1]);
  // Never sent: its template could not be rendered.
  expect(counts(failedTask('c'))).toEqual([0, 0, 3, 2]);
});

test('a task whose attempts follow each other immediately counts once', () => {
  const progress = progressAfter(
    runStarted([LANE, 1]),
    attempt('a', 0),
    attempt('a', 10, { number: 2 }),
  );
  expect(progress.total(0)).toMatchObject({ running: 1, retrying: 0 });
});

test('the longest-running tasks come first, measured from their first attempt', () => {
  const progress = progressAfter(
    runStarted([LANE, 9], [OTHER, 9]),
    attempt('old', 0),
    attempt('elsewhere', 5, { lane: OTHER }),
    attempt('young', 10),
    attempt('younger', 20),
    retry('old', 100),
    attempt('old', 110, { number: 2 }),
    retry('young', 100),
  );
  expect(progress.active(1000, { limit: 5, lane: LANE })).toEqual([
    { ...CALL, id: 'old', attempt: 2, elapsedMs: 1000, lastFailure: RATE_LIMIT },
    { ...CALL, id: 'young', elapsedMs: 990, lastFailure: RATE_LIMIT, retryInMs: 0 },
    { ...CALL, id: 'younger', elapsedMs: 980 },
  ]);
  expect(progress.active(1000, { limit: 1 }).map(({ id }) => id)).toEqual(['old']);
});

test('tokens add up, and a cost is shown only when every price is known', () => {
  const priced = progressAfter(
    runStarted([LANE, 3]),
    finished('a', { cost_usd: 0.25 }),
    failedTask('unsent'),
    finished('b', { cost_usd: 0.5 }),
  );
  expect(priced.total(0)).toMatchObject({ tokens: 2400, costUsd: null });
  const all = progressAfter(
    runStarted([LANE, 2], [OTHER, 1]),
    finished('a', { cost_usd: 0.25 }),
    finished('b', { cost_usd: 0.5 }, OTHER),
  );
  expect(all.total(0)).toMatchObject({ tokens: 2400, costUsd: 0.75 });
});

test('a pause ends by itself and a stop does not', () => {
  const progress = progressAfter(runStarted([LANE, 9], [OTHER, 1]), paused(5000), {
    type: 'lane_stopped',
    lane: OTHER,
    failure: RATE_LIMIT,
  });
  expect(progress.lanes(3000)[0]?.pause).toEqual({ leftMs: 2000, failure: RATE_LIMIT });
  expect(progress.lanes(5000)[0]?.pause).toBeUndefined();
  expect(progress.lanes(9000)[1]?.stopped).toEqual(RATE_LIMIT);
});

test('a bottleneck is kept until it ends', () => {
  const bound = {
    reason: 'rpm',
    share: 0.5,
    limit: { amount: 50, spanMs: 60_000, source: 'declared' },
  } as const;
  const progress = progressAfter(runStarted([LANE, 9], [OTHER, 1]), {
    type: 'lane_bound',
    lane: LANE,
    bound,
  });
  expect(progress.lanes(0)[0]?.bound).toEqual(bound);
  expect(progress.total(0).bound).toEqual(bound);
  progress.apply({ type: 'lane_bound', lane: LANE, bound: null }, 1);
  expect(progress.lanes(1)[0]?.bound).toBeUndefined();
});

describe('ETA', () => {
  test('is unknown at first, then follows the last minute', () => {
    const progress = createProgress();
    progress.apply(runStarted([LANE, 1000]), 0);
    expect(progress.lanes(500)[0]?.etaMs).toBeUndefined();
    // A burst of 100 tasks at once, then one per second.
    for (let i = 0; i < 100; i++) progress.apply(finished(`burst-${i}`), 1000);
    expect(progress.lanes(1000)[0]?.etaMs).toBe(9000);
    for (let second = 2; second <= 180; second++) {
      progress.apply(finished(`steady-${second}`), second * 1000);
    }
    const left = 1000 - 100 - 179;
    expect(progress.lanes(180_000)[0]?.etaMs).toBeCloseTo(left * 1000, -4);
  });

  test('depends on the slowest lane', () => {
    const progress = createProgress();
    progress.apply(runStarted([LANE, 4], [OTHER, 12]), 0);
    for (const id of ['a', 'b']) {
      progress.apply(finished(id), 2000);
      progress.apply(finished(`${id}2`, {}, OTHER), 2000);
    }
    expect(progress.lanes(2000).map(({ etaMs }) => etaMs)).toEqual([2000, 10_000]);
    expect(progress.total(2000).etaMs).toBe(10_000);
  });
});

test('in any order of events, counts never go below zero and a finished task is not in flight', () => {
  const id = fc.constantFrom('a', 'b', 'c');
  const event = fc.oneof(
    id.map((id) => attempt(id, 0)),
    id.map((id) => retry(id, 10)),
    id.map((id) => finished(id)),
    id.map((id) => failedTask(id)),
  );
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const progress = progressAfter(runStarted([LANE, 100]), ...events);
      const last = new Map(
        events.flatMap((event) =>
          event.type === 'task_finished'
            ? [[event.record.id, 'done']]
            : event.type === 'attempt_started'
              ? [[event.id, 'active']]
              : [],
        ),
      );
      const { running, retrying } = progress.total(0);
      expect(Math.min(running, retrying)).toBeGreaterThanOrEqual(0);
      expect(running + retrying).toBe([...last.values()].filter((at) => at === 'active').length);
    }),
  );
});
