import { expect, test } from 'vitest';
import { createCeiling } from '../../bench/server/ceiling.ts';
import { createMeter, moments } from '../../bench/server/meter.ts';
import type { ServerPlan } from '../../bench/server/server-plan.ts';

const PLAN: ServerPlan = {
  wire: 'chat',
  latency: { medianMs: 0, sigma: 0 },
  buckets: [{ name: 'requests', perSecond: 100, burstSeconds: 1 }],
  announces: true,
  retryAfter: true,
  windowMs: 20_000,
  steadyFromMs: 5_000,
  seed: 1,
};

const WEIGHT = { inputTokens: 200, outputTokens: 100 };

/**
 * What the server measures of a client that sends a request every `everyMs`, and `atOnce` at the
 * start. Each is answered after `latencyMs`.
 */
function measured(
  plan: ServerPlan,
  {
    everyMs,
    latencyMs = 0,
    atOnce = 1,
  }: { readonly everyMs: number; readonly latencyMs?: number; readonly atOnce?: number },
) {
  const ceiling = createCeiling(plan);
  const meter = createMeter(plan, ceiling);
  const marks = [...moments(plan)];
  const ends: number[] = [];
  for (let nowMs = 0; nowMs <= plan.windowMs; nowMs += 1) {
    while (marks[0] !== undefined && marks[0] <= nowMs) meter.mark(marks.shift() ?? 0);
    while (ends[0] !== undefined && ends[0] <= nowMs) ceiling.release(WEIGHT, ends.shift() ?? 0);
    const requests = nowMs === 0 ? atOnce : nowMs % everyMs === 0 ? 1 : 0;
    for (let sent = 0; sent < requests; sent += 1) {
      const { kind } = ceiling.admit(WEIGHT, nowMs);
      meter.count(kind === 'admitted' ? 'accepted' : 'refused', nowMs);
      if (kind === 'admitted') ends.push(nowMs + latencyMs);
    }
  }
  const { share, accepted, refused } = meter.report();
  return { ...share, accepted: sum(accepted), refused: sum(refused) };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, one) => all + one, 0);
}

test('a client that sends more than a bucket allows uses all of it, and the rest is refused', () => {
  const { run, steady, accepted, refused } = measured(PLAN, { everyMs: 5 });
  expect(run).toBeCloseTo(1, 2);
  expect(steady).toBeCloseTo(1, 2);
  expect(Math.abs(accepted - 2_100)).toBeLessThan(3);
  expect(accepted + refused).toBe(4_000);
});

test('a client at half the rate uses about half, because the full bucket that it leaves also counts', () => {
  const { run, refused } = measured(PLAN, { everyMs: 20 });
  expect(run).toBeCloseTo(1_000 / 2_100, 2);
  expect(refused).toBe(0);
});

test('after a limit is halved during a run, a client is compared with the lower limit', () => {
  const plan: ServerPlan = {
    ...PLAN,
    change: { atMs: 10_000, factor: 0.5, announced: false },
    settledFromMs: 15_000,
  };
  const { run, settled, accepted } = measured(plan, { everyMs: 5 });
  expect(Math.abs(accepted - 1_600)).toBeLessThan(3);
  expect(run).toBeCloseTo(1, 2);
  expect(settled).toBeCloseTo(1, 2);
});

test('output counts from when it is granted: the time before the first answer is not held against a client', () => {
  const plan: ServerPlan = {
    ...PLAN,
    buckets: [{ name: 'output', perSecond: 10_000, burstSeconds: 1 }],
  };
  // The most that fits: a whole bucket at once, charged a second later, and what is refilled
  // meanwhile.
  const { run, steady, refused } = measured(plan, { everyMs: 10, latencyMs: 1_000, atOnce: 99 });
  expect(refused).toBe(0);
  expect(run).toBeCloseTo(1, 2);
  expect(steady).toBeCloseTo(1, 2);
});

test('an outage does not lower the share of a client that continues immediately afterwards', () => {
  const plan: ServerPlan = { ...PLAN, outage: { fromMs: 8_000, untilMs: 12_000 } };
  expect(measured(plan, { everyMs: 5 }).run).toBeCloseTo(1, 2);
});

test('the share used of a concurrency limit is the time for which its places were held', () => {
  const plan: ServerPlan = { ...PLAN, buckets: [], concurrency: 10 };
  expect(measured(plan, { everyMs: 10, latencyMs: 100 }).steady).toBeCloseTo(1, 1);
  expect(measured(plan, { everyMs: 20, latencyMs: 100 }).steady).toBeCloseTo(0.5, 1);
});

test('if refusals count, a client that keeps sending is kept out', () => {
  const plan: ServerPlan = { ...PLAN, refusalsCount: true };
  expect(measured(plan, { everyMs: 5 }).steady).toBeLessThan(0.1);
  expect(measured(plan, { everyMs: 10 }).steady).toBeGreaterThan(0.9);
});
