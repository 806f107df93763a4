import { describe, expect, test } from 'vitest';
import type { Limits } from '../../src/manifest/manifest.ts';
import { sleep } from '../../src/ports/clock.ts';
import { createFoundRate } from '../../src/pace/found-rate.ts';
import type { Blocker } from '../../src/pace/pace.ts';
import { createPaceState } from '../../src/pace/pace-state.ts';
import { announcedLimits } from '../../src/providers/rate-limit-headers.ts';
import { boundOf } from '../../src/outcome/lane-bound.ts';
import type { WaitedMs } from '../../src/outcome/time-waited.ts';
import { answered, createWorld, failed, REFUSED, task } from '../schedule/world.ts';

function boundBy(waitedMs: WaitedMs, limits: Limits = {}, by: Blocker = 'lane') {
  const state = createPaceState(limits, { countsCacheReads: true, countsMaxTokens: false });
  return boundOf(
    { waitedMs, blockedMs: new Map([[by, 9_000]]), overMs: 10_000 },
    { state, limits, maxConcurrent: 4, slotUse: { inFlightMs: 1, keepingMs: 0 } },
  );
}

const GUESSED_RATE = createFoundRate({ requests: 10, overMs: 1_000 }, 0);

describe('what binds a lane', () => {
  test('is what it waited for most, leaving out mere guesses', () => {
    expect(boundBy({ rpm: 6_000, otpm: 500, retry: 9_000 }, {}, GUESSED_RATE)).toEqual({
      reason: 'rpm',
      share: 0.6,
      limit: undefined,
    });
  });

  test('is nothing when it hardly waited', () => {
    expect(boundBy({ rpm: 900 }, { rpm: 50 })).toBeUndefined();
    expect(boundBy({})).toBeUndefined();
  });

  test('is the concurrency as declared, as grown so far, or as limited by the run', () => {
    const waited = { concurrency: 9_000 };
    const limit = { amount: 8, spanMs: undefined };
    const limits = { concurrency: { start: 8, max: 8 } };
    expect(boundBy(waited, limits)?.limit).toEqual({ ...limit, source: 'declared' });
    expect(boundBy(waited)?.limit).toEqual({ ...limit, source: 'growing' });
    expect(boundBy(waited, limits, 'run')?.limit).toEqual({
      amount: 4,
      spanMs: undefined,
      source: 'run',
    });
  });
});

const MINUTE_AND_DAY = announcedLimits(
  {
    'x-ratelimit-limit-requests-minute': '20',
    'x-ratelimit-remaining-requests-minute': '0',
    'x-ratelimit-limit-requests-day': '1000',
    'x-ratelimit-remaining-requests-day': '900',
  },
  0,
);

describe('of several limits of one kind', () => {
  test.each<readonly [Limits, number, string]>([
    [{ rpm: 20, rpd: 1_000 }, 60_000, 'rpm'],
    [{ rps: 5, rpm: 200 }, 1_000, 'rps'],
  ])('the one that made the lane wait binds, not the lowest rate: %o', async (limits, spanMs) => {
    const world = createWorld();
    const { boundBy: bound } = await world.run([
      world.lane({ provider: world.provider(() => answered()), tasks: 60, limits }),
    ]);
    const [amount] = Object.values(limits);
    expect(bound).toMatchObject({ reason: 'rpm', limit: { amount, spanMs, source: 'declared' } });
  });

  test('the same applies to announced limits', async () => {
    const world = createWorld();
    const provider = world.provider(() => ({ ...answered(), announced: MINUTE_AND_DAY }));
    const { boundBy: bound } = await world.run([world.lane({ provider, tasks: 60 })]);
    expect(bound).toMatchObject({
      reason: 'rpm',
      limit: { amount: 20, spanMs: 60_000, source: 'announced' },
    });
  });
});

test("the run's concurrency is not blamed for having been reached once", async () => {
  const world = createWorld();
  const busy = world.provider(() => answered(), { name: 'busy' });
  const brief = world.provider(() => answered(), { name: 'brief' });
  const limits = { concurrency: { start: 3, max: 3 } };
  const lanes = () => [
    world.lane({ provider: busy, tasks: 60, limits }),
    world.lane({ provider: brief, tasks: 1 }),
  ];
  const once = await world.run(lanes(), { maxConcurrent: 4 });
  expect(once.highestConcurrency).toBe(4);
  expect(once.boundBy).toMatchObject({ lane: 'busy/m', limit: { amount: 3, source: 'declared' } });
  const always = await world.run(lanes(), { maxConcurrent: 2 });
  expect(always.boundBy).toMatchObject({ lane: 'busy/m', limit: { amount: 2, source: 'run' } });
});

test.each([
  ['overloaded', { ...REFUSED, code: 'OVERLOADED', httpStatus: 529 }],
  ['rate_limited', REFUSED],
] as const)('pauses are reported by their cause: %s', async (pausedBy, failure) => {
  const world = createWorld();
  const provider = world.provider(({ attempt }) =>
    attempt === 1 ? failed({ ...failure, retryAfterMs: 5_000 }) : answered(),
  );
  const { boundBy: bound } = await world.run([world.lane({ provider, tasks: 10 })]);
  expect(bound).toMatchObject({ reason: 'pause', limit: undefined, pausedBy });
});

async function keepingShare(keepMs: number): Promise<number | undefined> {
  const world = createWorld();
  const provider = world.provider(() => answered(), { latencyMs: () => 100 });
  const { boundBy: bound } = await world.run([world.lane({ provider, tasks: 40 })], {
    maxConcurrent: 2,
    settle: () => sleep(world.clock, keepMs),
  });
  expect(bound?.reason).toBe('concurrency');
  return bound?.keepingShare;
}

test('slots that are held to keep results are reported, those in flight are not', async () => {
  expect(await keepingShare(10)).toBeUndefined();
  expect(await keepingShare(300)).toBe(0.75);
});

test('a wait without an answer is reported while it lasts, and leaves no timer behind', async () => {
  const world = createWorld();
  const running = world.schedule([
    world.lane({ provider: world.provider(() => answered()), tasks: 3, limits: { rpm: 2 } }),
  ]);
  await world.clock.advance(4_000);
  expect(world.events.filter(({ type }) => type === 'lane_bound')).toEqual([]);
  await world.clock.advance(6_000);
  expect(world.events.find(({ type }) => type === 'lane_bound')).toMatchObject({
    lane: 'p/m',
    bound: { reason: 'rpm', limit: { amount: 2, spanMs: 60_000 } },
  });
  await world.clock.run(running);
  expect(world.clock.pendingTimers).toBe(0);
});

test('a run that hangs is not checked forever', async () => {
  const world = createWorld();
  const provider = world.provider(() => new Promise<never>(() => {}));
  const stuck = task('t', { timeoutMs: 86_400_000 });
  void world.schedule([world.lane({ provider, tasks: [stuck] })]);
  await world.clock.advance(3_600_000);
  expect(world.clock.pendingTimers).toBe(1);
});

test('a run reports what bound it most, and each lane does so while it runs', async () => {
  const world = createWorld();
  const fast = world.provider(() => answered(), { name: 'fast' });
  const slow = world.provider(() => answered(), { name: 'slow' });
  const totals = await world.run([
    world.lane({ provider: fast, tasks: 20 }),
    world.lane({ provider: slow, tasks: 20, limits: { rps: 1 } }),
  ]);
  const bound = {
    reason: 'rpm',
    share: expect.closeTo(1, 1),
    limit: { amount: 1, spanMs: 1_000, source: 'declared' },
  };
  expect(totals.boundBy).toEqual({ lane: 'slow/m', ...bound });
  const told = world.events.filter(({ type }) => type === 'lane_bound');
  expect(told.length).toBeGreaterThan(1);
  expect(told[0]).toEqual({ type: 'lane_bound', lane: 'slow/m', bound });
});
