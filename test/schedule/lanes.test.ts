import { describe, expect, test } from 'vitest';
import type { RenderedTask, Task } from '../../src/plan/task.ts';
import { countFailure, createTaskState } from '../../src/schedule/task-state.ts';
import { scaled } from '../support/scale.ts';
import {
  answered,
  createWorld,
  failed,
  failure,
  REFUSED,
  renderId,
  task,
  type Call,
  type World,
} from './world.ts';

const concurrency = (count: number) => ({ concurrency: { start: count, max: count } });

function sentAt(calls: readonly Call[]): number[] {
  return calls.map(({ atMs }) => atMs);
}

function waitsOf(world: World, id: string): unknown {
  return world.outcomes.find((outcome) => outcome.task.id === id)?.waitedMs;
}

/**
 * How many of thirty refusals of one task count. `laneAnswers` says how many answers the lane had
 * at each of them.
 */
function refusals(laneAnswers: (at: number) => number): number | undefined {
  const fed = { task: task('t'), rendered: { ok: false, failure: failure() } } as const;
  const state = createTaskState(fed, 0, undefined);
  for (let at = 0; at < 30; at += 1) {
    countFailure(state, failure(REFUSED), { laneAnswers: laneAnswers(at) });
  }
  return state.failures.get('RATE_LIMITED');
}

/** When two requests are sent if their answers report mostly tokens read from a cache. */
async function sentWithCacheReads(options: {
  readonly countsCacheReads: boolean;
}): Promise<number[]> {
  const world = createWorld();
  const provider = world.provider(() => answered({ cacheReadTokens: 5_000 }));
  const limits = { itpm: 1_000, ...concurrency(1) };
  await world.run([world.lane({ tasks: 2, provider, limits, ...options })]);
  return sentAt(world.calls);
}

describe('a lane', () => {
  test('sends tasks in manifest order, as many at once as declared', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered(), { latencyMs: () => 100 });
    await world.run([world.lane({ tasks: 6, provider, limits: concurrency(2) })]);
    expect(world.calls.map(({ prompt }) => prompt)).toEqual(['t1', 't2', 't3', 't4', 't5', 't6']);
    expect(sentAt(world.calls)).toEqual([0, 0, 100, 100, 200, 200]);
    expect(waitsOf(world, 't3')).toEqual({ concurrency: 100 });
    expect(world.outcomes.at(-1)).toMatchObject({ queuedMs: 100, durationMs: 100 });
  });

  test('keeps the order when some prompts take longer to render', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered());
    const render = async (which: Task): Promise<RenderedTask> => {
      await new Promise((resolve) =>
        world.clock.after(which.index % 3 === 0 ? 50 : 0, () => resolve(0)),
      );
      return renderId(which);
    };
    await world.run([world.lane({ tasks: 20, provider, render })]);
    const order = world.calls.map(({ prompt }) => Number(prompt.slice(1)));
    expect(order).toEqual(order.toSorted((left, right) => left - right));
    expect(order).toHaveLength(20);
  });

  test('stays within a declared rate from the first second', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered(), { latencyMs: () => 10 });
    await world.run([world.lane({ tasks: 7, provider, limits: { rps: 3 } })]);
    expect(sentAt(world.calls)).toEqual([0, 0, 0, 1_020, 1_020, 1_020, 2_040]);
    expect(waitsOf(world, 't7')).toEqual({ rpm: 1_020 });
  });

  test('gets back the part of a reservation that an answer did not use', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered({ inputTokens: 1, outputTokens: 20 }));
    const tasks = [1, 2, 3, 4].map((number) =>
      task(`t${number}`, { parameters: { maxTokens: 120 } }),
    );
    await world.run([world.lane({ tasks, provider, limits: { otpm: 100 } })]);
    // At first, everything is reserved, so one request is sent alone. It uses 20, which leaves room
    // for as many requests of 20 as fit.
    expect(sentAt(world.calls)).toEqual([0, 100, 100, 100]);
  });

  test('stays within a declared output limit before the first answer', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered({ inputTokens: 1, outputTokens: 45 }));
    const tasks = [1, 2, 3, 4].map((number) =>
      task(`t${number}`, { parameters: { maxTokens: 50 } }),
    );
    await world.run([world.lane({ tasks, provider, limits: { otpm: 100 } })]);
    expect(sentAt(world.calls)).toEqual([0, 0, 60_500, 60_500]);
  });

  test('does not wait for tokens read from a cache if the provider does not count them', async () => {
    expect(await sentWithCacheReads({ countsCacheReads: false })).toEqual([0, 100]);
    expect(await sentWithCacheReads({ countsCacheReads: true })).toEqual([0, 60_500]);
  });

  test('returns a slot only once the outcome is saved', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered());
    const lane = world.lane({ tasks: 3, provider, limits: concurrency(1) });
    await world.run([lane], {
      settle: () => new Promise((resolve) => world.clock.after(900, () => resolve())),
    });
    expect(sentAt(world.calls)).toEqual([0, 1_000, 2_000]);
  });

  test('holds no slot while it waits for a retry, and sends the retry before new tasks', async () => {
    const world = createWorld({ random: () => 0 });
    const provider = world.provider(({ prompt, attempt }) =>
      prompt === 't1' && attempt === 1 ? failed() : answered(),
    );
    await world.run([world.lane({ tasks: 30, provider, limits: concurrency(1) })]);
    const order = world.calls.map(({ prompt, atMs }) => `${prompt} at ${atMs}`);
    expect(order.slice(0, 3)).toEqual(['t1 at 0', 't2 at 100', 't3 at 200']);
    // The retry is due at 1,100, when t12 had been waiting for a slot for 100 ms.
    expect(order.slice(10, 13)).toEqual(['t11 at 1000', 't1 at 1100', 't12 at 1200']);
  });

  test('sends a retry before a new task that waits for the rate limit', async () => {
    const world = createWorld({ random: () => 0 });
    const provider = world.provider(({ prompt, attempt }) =>
      prompt === 't2' && attempt === 1 ? failed() : answered(),
    );
    await world.run([world.lane({ tasks: 4, provider, limits: { rpm: 2 } })]);
    expect(world.calls.map(({ prompt, atMs }) => `${prompt} at ${atMs}`)).toEqual([
      't1 at 0',
      't2 at 0',
      't2 at 60500',
      't3 at 60500',
      't4 at 121000',
    ]);
    expect(waitsOf(world, 't2')).toEqual({ retry: 1_000, rpm: 59_400 });
  });

  test('pauses once for a burst of refusals, and continues with no more than its concurrency', async () => {
    const world = createWorld({ random: () => 0.5 });
    const provider = world.provider(
      ({ atMs }) => (atMs < 100 ? failed({ ...REFUSED, retryAfterMs: 2_000 }) : answered()),
      { latencyMs: () => 100 + world.calls.length },
    );
    const totals = await world.run([world.lane({ tasks: 50, provider, limits: concurrency(10) })]);
    expect(world.events.filter(({ type }) => type === 'lane_paused')).toMatchObject([
      { lane: 'p/m', untilMs: 2_201, failure: { code: 'RATE_LIMITED' } },
    ]);
    const [burst, after] = [0, 10].map((from) => world.calls.slice(from, from + 10));
    expect(new Set(sentAt(burst ?? []))).toEqual(new Set([0]));
    expect(Math.min(...sentAt(after ?? []))).toBe(2_201);
    // All ten refused requests are sent again before any new ones.
    expect(after?.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 10 }, () => 2));
    expect(totals.rateLimited).toBe(10);
    expect(world.outcomes).toHaveLength(50);
  });

  test('does not accept tasks forever while all of them fail', async () => {
    const world = createWorld();
    let taken = 0;
    function* rows(): Generator<Task> {
      for (;;) {
        taken += 1;
        yield task(`t${taken}`);
      }
    }
    world.clock.after(500, () => world.drain.abort());
    const provider = world.provider(() => failed({ retryAfterMs: 300_000 }), {
      latencyMs: () => 1,
    });
    await world.run([world.lane({ tasks: rows(), provider, limits: concurrency(4) })]);
    // Four in flight, four waiting for a retry, one ahead.
    expect(taken).toBe(9);
    expect(world.outcomes).toHaveLength(8);
  });
});

test('a lane whose requests are all refused for ten minutes stops, and its tasks fail', async () => {
  const shut = createWorld();
  const refusing = shut.provider(() => failed({ ...REFUSED, retryAfterMs: 100 }));
  const totals = await shut.run([shut.lane({ tasks: 1_000, provider: refusing })]);
  const lastMs = Math.max(...shut.calls.map(({ atMs }) => atMs));
  expect(lastMs).toBeGreaterThan(600_000);
  expect(lastMs).toBeLessThan(700_000);
  expect(shut.calls.length).toBeLessThan(50);
  expect(totals.stoppedBy).toMatchObject({ kind: 'provider', failure: { code: 'RATE_LIMITED' } });
  expect(new Set(shut.outcomes.map(({ result }) => result.status))).toEqual(new Set(['failed']));
});

test("refusals lengthen a task's backoff only while nothing is accepted", () => {
  expect(refusals(() => 7)).toBe(30);
  expect(refusals((at) => Math.floor(at / 4))).toBeLessThanOrEqual(4);
});

test('a server that is busy with one long answer is not considered closed', async () => {
  const world = createWorld();
  let busyUntilMs = 0;
  const provider = world.provider(
    () => (world.clock.now() === busyUntilMs ? answered() : failed(REFUSED)),
    {
      latencyMs() {
        if (world.clock.now() < busyUntilMs) return 10;
        busyUntilMs = world.clock.now() + 900_000;
        return 900_000;
      },
    },
  );
  const tasks = ['long', 'refused'].map((id) => task(id, { timeoutMs: 1_000_000 }));
  await world.run([world.lane({ tasks, provider })]);
  expect(world.outcomes.map(({ result }) => result.status)).toEqual(['succeeded', 'succeeded']);
});

describe('lanes that run together', () => {
  test('get half of the slots each, even if one takes much longer per request', async () => {
    const world = createWorld();
    const around = (ms: number) => () => ms * (0.8 + 0.4 * world.random());
    const slow = world.provider(() => answered(), { name: 'slow', latencyMs: around(3_000) });
    const quick = world.provider(() => answered(), { name: 'quick', latencyMs: around(50) });
    const at = concurrency(64);
    await world.run([
      world.lane({ tasks: 400, provider: slow, limits: at }),
      world.lane({ tasks: 6_000, provider: quick, limits: at }),
    ]);
    const quickMs = world.calls.findLast(({ lane }) => lane.startsWith('quick'))?.atMs ?? 0;
    // With half of the slots to itself, it would take 9.4 s.
    expect(quickMs).toBeLessThan(11_000);
  });

  test('share the slots of the run, in turn', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered());
    await world.run(
      ['a', 'b', 'c'].map((name) => world.lane({ tasks: 4, provider, name: `p/${name}` })),
      { maxConcurrent: 1 },
    );
    expect(world.highest()).toBe(1);
    const turns = world.calls.map(({ lane }) => lane.slice(2)).join('');
    expect(turns).toBe('abcabcabcabc');
  });

  test('are not delayed by a throttled lane', async () => {
    const alone = createWorld();
    const quick = { latencyMs: () => 100 };
    await alone.run(
      [alone.lane({ tasks: 500, provider: alone.provider(() => answered(), quick) })],
      {
        maxConcurrent: 8,
      },
    );

    const world = createWorld();
    const throttled = world.provider(() => answered(), { name: 'slow' });
    const refused = world.provider(() => failed({ ...REFUSED, retryAfterMs: 60_000 }), {
      name: 'refused',
    });
    const free = world.provider(() => answered(), quick);
    await world.run(
      [
        world.lane({ tasks: 10, provider: throttled, limits: { rpm: 1 } }),
        world.lane({ tasks: 3, provider: refused, limits: concurrency(1) }),
        world.lane({ tasks: 500, provider: free }),
      ],
      { maxConcurrent: 8 },
    );
    const freeCalls = world.calls.filter(({ lane }) => lane === 'p/m');
    // Each of the other two lanes holds one of the eight slots for the time of a single answer.
    const lateMs = (sentAt(freeCalls).at(-1) ?? 0) - (sentAt(alone.calls).at(-1) ?? 0);
    expect(lateMs).toBeLessThanOrEqual(100);
  });
});

test('very many tasks need only limited memory, because just one is read ahead', async () => {
  const count = scaled(2_000, 100_000);
  const world = createWorld();
  let taken = 0;
  let mostAhead = 0;
  let finished = 0;
  function* rows(): Generator<Task> {
    for (let index = 0; index < count; index += 1) {
      taken += 1;
      mostAhead = Math.max(mostAhead, taken - finished);
      yield task(`t${index}`);
    }
  }
  const provider = world.provider(() => answered(), { latencyMs: () => 20 });
  await world.run([world.lane({ tasks: rows(), provider, limits: concurrency(50) })], {
    emit: () => {},
    settle: () => {
      finished += 1;
      return Promise.resolve();
    },
  });
  expect(finished).toBe(count);
  expect(mostAhead).toBeLessThanOrEqual(52);
  expect(world.clock.now()).toBe((count / 50) * 20);
  expect(world.clock.pendingTimers).toBe(0);
}, 300_000);

test('after a long pause, only one request finds out whether the server accepts any', async () => {
  const world = createWorld();
  let admitted = 0;
  const provider = world.provider(
    ({ atMs }) => {
      if (admitted === 12 && atMs < 90_000) return failed({ ...REFUSED, retryAfterMs: 30_000 });
      admitted += 1;
      return answered();
    },
    { latencyMs: () => 20 },
  );
  await world.run([world.lane({ tasks: 40, provider })]);
  const after = sentAt(world.calls).filter((atMs) => atMs > 10_000 && atMs < 90_000);
  expect(after.length).toBeGreaterThan(1);
  expect(after.length).toBeLessThan(4);
  expect(admitted).toBe(40);
});
