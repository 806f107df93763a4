import { describe, expect, test } from 'vitest';
import type { Limits } from '../../src/manifest/manifest.ts';
import { sleep } from '../../src/ports/clock.ts';
import { boundOf } from '../../src/schedule/bound.ts';
import { createLaneState } from '../../src/schedule/lane-state.ts';
import type { WaitedMs } from '../../src/schedule/events.ts';
import { answered, createWorld } from './world.ts';

function boundBy(
  waited: WaitedMs,
  { limits = {}, runFullAt }: { limits?: Limits; runFullAt?: number } = {},
) {
  const state = createLaneState(limits, { countsCacheReads: true, countsMaxTokens: false });
  return boundOf(waited, 10_000, {
    state,
    limits,
    runFullAt,
    slotUse: { inFlightMs: 1, keepingMs: 0 },
  });
}

describe('what binds a lane', () => {
  test('is what it waited for most, with the tightest limit of that kind', () => {
    expect(
      boundBy({ rpm: 6_000, otpm: 500, retry: 9_000 }, { limits: { rps: 10, rpm: 50 } }),
    ).toEqual({
      reason: 'rpm',
      share: 0.6,
      limit: { amount: 50, spanMs: 60_000, source: 'declared' },
    });
  });

  test('is nothing when it hardly waited', () => {
    expect(boundBy({ rpm: 900 }, { limits: { rpm: 50 } })).toBeUndefined();
    expect(boundBy({})).toBeUndefined();
  });

  test('is the number at once as declared, as grown so far, or as the run bounds it', () => {
    const waited = { concurrency: 9_000 };
    const limit = { amount: 8, spanMs: undefined };
    const limits = { concurrency: { start: 8, max: 8 } };
    expect(boundBy(waited, { limits })?.limit).toEqual({ ...limit, source: 'declared' });
    expect(boundBy(waited)?.limit).toEqual({ ...limit, source: 'growing' });
    expect(boundBy(waited, { runFullAt: 4 })?.limit).toEqual({
      amount: 4,
      spanMs: undefined,
      source: 'run',
    });
  });
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

test('slots that are held to keep results are told, those in flight are not', async () => {
  expect(await keepingShare(10)).toBeUndefined();
  expect(await keepingShare(300)).toBe(0.75);
});

test('a run tells what bound it most, and each lane while it does', async () => {
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
