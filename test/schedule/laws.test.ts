import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Limits } from '../../src/manifest/manifest.ts';
import { seededRandom, type Random } from '../../src/ports/random.ts';
import type { AttemptFailure, AttemptOutcome } from '../../src/providers/provider.ts';
import {
  answered,
  BAD_KEY,
  createWorld,
  failed,
  NO_SUCH_MODEL,
  REFUSED,
  task,
  type Call,
  type World,
} from './world.ts';
import { scaled } from '../support/scale.ts';

interface Plan {
  readonly seed: number;
  readonly lanes: ReadonlyArray<{
    readonly tasks: number;
    readonly concurrency: number;
    readonly limits: Limits;
    readonly latencyMs: number;
    /** Share of calls that go wrong. */
    readonly faults: number;
  }>;
  readonly maxConcurrent: number;
  readonly maxRetries: number;
}

const limits = fc.record(
  {
    rps: fc.integer({ min: 1, max: 10 }),
    rpm: fc.integer({ min: 5, max: 60 }),
    tpm: fc.integer({ min: 300, max: 3_000 }),
    otpm: fc.integer({ min: 100, max: 1_000 }),
  },
  { requiredKeys: [] },
);

const plans = fc.record({
  seed: fc.integer(),
  lanes: fc.array(
    fc.record({
      tasks: fc.integer({ min: 0, max: 40 }),
      concurrency: fc.integer({ min: 1, max: 6 }),
      limits,
      latencyMs: fc.integer({ min: 0, max: 4_000 }),
      faults: fc.constantFrom(0, 0.1, 0.5),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  maxConcurrent: fc.integer({ min: 1, max: 12 }),
  maxRetries: fc.integer({ min: 0, max: 3 }),
});

const FAULTS: ReadonlyArray<Partial<AttemptFailure>> = [
  {},
  REFUSED,
  { ...REFUSED, retryAfterMs: 1_500 },
  { code: 'OVERLOADED', message: 'the server said 529', httpStatus: 529, reach: 'lane' },
  { code: 'TIMEOUT', message: 'no answer', possiblyPaid: true },
  { code: 'EMPTY_OUTPUT', message: 'no text', maxRetries: 1 },
  { code: 'BAD_REQUEST', message: 'the server said 400', retryable: false },
];

const MAX_TOKENS = 80;

function outcomeFrom(random: Random, faults: number): AttemptOutcome {
  if (random() >= faults) {
    // Never more than was reserved: half of `max_tokens` at first, then the mean of the answers.
    return answered({ inputTokens: 1, outputTokens: 40 });
  }
  return failed(FAULTS[Math.floor(random() * FAULTS.length)]);
}

function worldOf(plan: Plan): {
  world: World;
  run: (options?: Parameters<World['run']>[1]) => Promise<unknown>;
} {
  const world = createWorld({ seed: plan.seed });
  const random = seededRandom(plan.seed + 1);
  const lanes = plan.lanes.map((lane, index) => {
    const name = `p${index}`;
    const provider = world.provider(() => outcomeFrom(random, lane.faults), {
      name,
      latencyMs: () => Math.floor(lane.latencyMs * random()),
    });
    const concurrency = { start: lane.concurrency, max: lane.concurrency };
    return world.lane({
      provider,
      limits: { ...lane.limits, concurrency },
      tasks: Array.from({ length: lane.tasks }, (_, number) =>
        task(`t${number}`, {
          index: number,
          lane: `${name}/m`,
          maxRetries: plan.maxRetries,
          parameters: { maxTokens: MAX_TOKENS },
        }),
      ),
    });
  });
  return {
    world,
    run: (options) => world.run(lanes, { maxConcurrent: plan.maxConcurrent, ...options }),
  };
}

function byLane(world: World, plan: Plan): Call[][] {
  return plan.lanes.map((_, index) => world.calls.filter(({ lane }) => lane === `p${index}/m`));
}

/** The number of calls in each window that begins with a call. */
function windowsOf(calls: readonly Call[], spanMs: number): Call[][] {
  return calls.map(({ atMs }) =>
    calls.filter((other) => other.atMs >= atMs && other.atMs < atMs + spanMs),
  );
}

function timesOf({ calls }: World): unknown {
  return calls.map(({ prompt, lane, atMs }) => ({ prompt, lane, atMs }));
}

function durationsOf({ outcomes }: World): unknown {
  return outcomes.map(({ durationMs, startedAtEpochMs, finishedAtEpochMs }) => ({
    durationMs,
    told: finishedAtEpochMs - startedAtEpochMs,
  }));
}

test('law: under random faults every task ends exactly once, and nothing is left behind', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const { world, run } = worldOf(plan);
      await run();
      const ended = world.outcomes.map(
        ({ task: { id, template } }) => `${template.model.provider} ${id}`,
      );
      const expected = plan.lanes.flatMap(({ tasks }, index) =>
        Array.from({ length: tasks }, (_, number) => `p${index} t${number}`),
      );
      expect(ended.toSorted()).toEqual(expected.toSorted());
      expect(world.clock.pendingTimers).toBe(0);
      const attempts = world.outcomes.reduce((sum, outcome) => sum + outcome.attempts, 0);
      expect(attempts).toBe(world.calls.length);
    }),
    { numRuns: scaled(37, 150) },
  );
});

test('law: no window holds more than the declared limit, no lane and no run more than its slots', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const { world, run } = worldOf(plan);
      await run();
      expect(world.highest()).toBeLessThanOrEqual(plan.maxConcurrent);
      for (const [index, calls] of byLane(world, plan).entries()) {
        const {
          rps = Infinity,
          rpm = Infinity,
          tpm = Infinity,
          otpm = Infinity,
        } = plan.lanes[index]?.limits ?? {};
        for (const window of windowsOf(calls, 1_000))
          expect(window.length).toBeLessThanOrEqual(rps);
        for (const window of windowsOf(calls, 60_000)) {
          expect(window.length).toBeLessThanOrEqual(rpm);
          expect(window.length * 40).toBeLessThanOrEqual(otpm);
          expect(window.length * 41).toBeLessThanOrEqual(tpm);
        }
      }
    }),
    { numRuns: scaled(37, 150) },
  );
});

test('law: no lane has more in flight than it declares, and first attempts are in manifest order', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const { world, run } = worldOf(plan);
      await run();
      for (const [index, calls] of byLane(world, plan).entries()) {
        const firsts = calls.filter(({ attempt }) => attempt === 1).map(({ prompt }) => prompt);
        expect(firsts).toEqual(firsts.map((_, number) => `t${number}`));
        expect(world.highestIn(`p${index}/m`)).toBeLessThanOrEqual(
          plan.lanes[index]?.concurrency ?? 0,
        );
      }
    }),
    { numRuns: scaled(25, 100) },
  );
});

test('law: retries go first, but do not delay a new task for long', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const { world, run } = worldOf(plan);
      await run();
      for (const [index, calls] of byLane(world, plan).entries()) {
        let retries = 0;
        const most = calls.reduce((longest, { attempt }) => {
          retries = attempt === 1 ? 0 : retries + 1;
          return Math.max(longest, retries);
        }, 0);
        // At most twice as many tasks as may be in flight are in progress, each with its retries
        // and ten refusals.
        const live = 2 * (plan.lanes[index]?.concurrency ?? 0);
        expect(most).toBeLessThanOrEqual(live * (plan.maxRetries + 10));
      }
    }),
    { numRuns: scaled(25, 100) },
  );
});

test("law: a task's waits, except for its needs, are no longer than the time from when it was taken to its end", async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const { world, run } = worldOf(plan);
      await run();
      for (const { task: id, waitedMs, queuedMs, durationMs } of world.outcomes) {
        const { needs: _, ...waits } = waitedMs;
        const parts = Object.values(waits);
        const sumMs = parts.reduce((sum, part) => sum + part, 0);
        // Each of these times is rounded to a whole millisecond.
        const roundedMs = (parts.length + 2) / 2;
        expect(sumMs, id.id).toBeLessThanOrEqual(queuedMs + durationMs + roundedMs);
      }
    }),
    { numRuns: scaled(37, 150) },
  );
});

test('law: a drain, an abort or the timeout at any moment ends every task that was sent exactly once', async () => {
  const moment = fc.record({
    kind: fc.constantFrom('drain', 'abort', 'timeout', 'fail_fast', 'key'),
    atMs: fc.integer({ min: 0, max: 20_000 }),
  });
  await fc.assert(
    fc.asyncProperty(plans, moment, async (plan, { kind, atMs }) => {
      const { world, run } = worldOf(plan);
      let lastAllowedMs = Infinity;
      const end = (act: () => void) =>
        world.clock.after(atMs, () => {
          lastAllowedMs = atMs;
          act();
        });
      if (kind === 'drain') end(() => world.drain.abort());
      if (kind === 'abort') end(() => world.abort.abort());
      if (kind === 'timeout') lastAllowedMs = atMs;
      await run({
        failFast: kind === 'fail_fast',
        timeoutMs: kind === 'timeout' ? atMs : undefined,
      });
      const sent = new Set(world.calls.map(({ lane, prompt }) => `${lane} ${prompt}`));
      const ended = world.outcomes
        .filter(({ attempts }) => attempts > 0)
        .map(({ task: { id, template } }) => `${template.model.provider}/m ${id}`);
      expect(ended.toSorted()).toEqual([...sent].toSorted());
      expect(Math.max(-1, ...world.calls.map((call) => call.atMs))).toBeLessThanOrEqual(
        lastAllowedMs,
      );
      if (kind === 'abort' || kind === 'timeout')
        expect(world.clock.now()).toBeLessThanOrEqual(lastAllowedMs);
      // The test's own timer may remain, if the run ended before it.
      const left = kind === 'drain' || kind === 'abort' ? 1 : 0;
      expect(world.clock.pendingTimers).toBeLessThanOrEqual(left);
    }),
    { numRuns: scaled(50, 200) },
  );
});

test('law: after a key was refused, nothing is sent except what was already in flight', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer(),
      async (concurrency, after, seed) => {
        const world = createWorld({ seed });
        const latency = seededRandom(seed);
        let firstRefusal: number | undefined;
        const provider = world.provider(
          ({ prompt }) => {
            if (Number(prompt.slice(1)) < after) return answered();
            firstRefusal ??= world.calls.length;
            return failed(BAD_KEY);
          },
          { latencyMs: () => 1 + Math.floor(500 * latency()) },
        );
        await world.run([
          world.lane({
            tasks: 200,
            provider,
            limits: { concurrency: { start: concurrency, max: concurrency } },
          }),
        ]);
        expect(world.calls).toHaveLength(firstRefusal ?? 200);
        expect(world.outcomes).toHaveLength(world.calls.length);
      },
    ),
    { numRuns: scaled(15, 60) },
  );
});

test('law: a wall clock that jumps does not change waits, rates or durations', async () => {
  await fc.assert(
    fc.asyncProperty(
      plans,
      fc.array(fc.integer({ min: -2_592_000_000, max: 2_592_000_000 })),
      async (plan, jumps) => {
        const calm = worldOf(plan);
        await calm.run();
        const jumpy = worldOf(plan);
        for (const [index, byMs] of jumps.entries()) {
          jumpy.world.clock.after(index * 700, () => jumpy.world.clock.jumpWall(byMs));
        }
        await jumpy.run();
        expect(timesOf(jumpy.world)).toEqual(timesOf(calm.world));
        expect(durationsOf(jumpy.world)).toEqual(durationsOf(calm.world));
      },
    ),
    { numRuns: scaled(10, 40) },
  );
});

test('law: the same seed gives the same run', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const [first, second] = [worldOf(plan), worldOf(plan)];
      await first.run();
      await second.run();
      expect(second.world.events).toEqual(first.world.events);
    }),
    { numRuns: scaled(8, 30) },
  );
});

test('law: a lane that cannot work stops after at most three tasks have ended, whatever its size', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 8 }), async (concurrency) => {
      const world = createWorld();
      const provider = world.provider(() => failed(NO_SUCH_MODEL));
      await world.run([
        world.lane({
          tasks: 500,
          provider,
          limits: { concurrency: { start: concurrency, max: concurrency } },
        }),
      ]);
      expect(world.calls.length).toBeLessThanOrEqual(concurrency + 2);
    }),
    { numRuns: scaled(8, 16) },
  );
});
