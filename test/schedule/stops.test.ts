import { describe, expect, test } from 'vitest';
import { VolleyError } from '../../src/errors/volley-error.ts';
import type { RenderedTask, Task } from '../../src/plan/task.ts';
import { sleep } from '../../src/ports/clock.ts';
import type { AttemptOutcome } from '../../src/providers/provider.ts';
import {
  answered,
  BAD_KEY,
  createWorld,
  failed,
  failureOf,
  NO_SUCH_MODEL,
  REFUSED,
  renderId,
  task,
  type World,
} from './world.ts';

const FOUR = { concurrency: { start: 4, max: 4 } };
const never = (): Promise<AttemptOutcome> => new Promise<AttemptOutcome>(() => {});

function statuses(world: World): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { result } of world.outcomes) counts[result.status] = (counts[result.status] ?? 0) + 1;
  return counts;
}

async function* rowsThatHang(): AsyncGenerator<Task> {
  yield task('a');
  await new Promise(() => {});
}

describe('drain', () => {
  test('sends nothing more, lets requests in flight finish and cancels waiting retries', async () => {
    const world = createWorld();
    const provider = world.provider(({ prompt }) => (prompt === 't1' ? failed() : answered()), {
      latencyMs: () => 100,
    });
    world.clock.after(150, () => world.drain.abort());
    const totals = await world.run([world.lane({ tasks: 100, provider, limits: FOUR })]);
    // Four at first, then three more and one in place of t1, which waits for its retry.
    expect(world.calls).toHaveLength(8);
    expect(statuses(world)).toEqual({ succeeded: 7, canceled: 1 });
    expect(failureOf(world.outcomes.find((outcome) => outcome.task.id === 't1'))).toEqual({
      code: 'CANCELED',
      message:
        'the run was interrupted before attempt 2; the last attempt failed: the server said 500',
      retryable: true,
    });
    expect(totals.stoppedBy).toEqual({ kind: 'interrupted' });
    expect(world.clock.now()).toBe(200);
    expect(world.clock.pendingTimers).toBe(0);
  });

  test('withdraws a permit that was granted but not used yet', async () => {
    // The drain may happen between any two internal steps.
    for (let steps = 0; steps < 150; steps += 1) {
      const world = createWorld();
      let sentBefore = -1;
      const drainSoon = async (): Promise<void> => {
        for (let step = 0; step < steps; step += 1) await Promise.resolve();
        sentBefore = world.calls.length;
        world.drain.abort();
      };
      let drained: Promise<void> | undefined;
      const provider = world.provider(() => answered());
      await world.run([world.lane({ tasks: 30, provider })], {
        emit: () => {
          drained ??= drainSoon();
        },
      });
      await drained;
      expect(world.calls).toHaveLength(Math.max(sentBefore, 1));
      expect(world.outcomes).toHaveLength(world.calls.length);
    }
  });

  test('before the start sends nothing at all', async () => {
    const world = createWorld();
    world.drain.abort();
    const provider = world.provider(() => answered());
    const totals = await world.run([world.lane({ tasks: 10, provider })]);
    expect(world.calls).toEqual([]);
    expect(world.outcomes).toEqual([]);
    expect(totals.stoppedBy).toEqual({ kind: 'interrupted' });
  });

  test('does not send a retry that was waiting for an answer', async () => {
    const world = createWorld();
    const provider = world.provider(() => failed());
    world.clock.after(50, () => world.drain.abort());
    await world.run([world.lane({ tasks: 1, provider })]);
    expect(world.outcomes).toMatchObject([{ result: { status: 'canceled' }, attempts: 1 }]);
    expect(world.events.map(({ type }) => type)).toEqual(['attempt_started']);
  });
});

describe('abort', () => {
  test('abandons requests in flight immediately, even if the provider ignores the signal', async () => {
    const world = createWorld();
    const provider = { ...world.provider(never), send: never };
    world.clock.after(70, () => world.abort.abort());
    await world.run([world.lane({ tasks: 100, provider, limits: FOUR })]);
    expect(world.clock.now()).toBe(70);
    expect(world.outcomes).toHaveLength(4);
    expect(world.outcomes[0]).toMatchObject({
      result: {
        status: 'canceled',
        failure: { code: 'CANCELED', message: 'the run was interrupted' },
      },
      attempts: 1,
      possiblyPaidAttempts: 1,
      durationMs: 70,
    });
    expect(world.clock.pendingTimers).toBe(0);
  });

  test('abandons requests even after a drain', async () => {
    const world = createWorld();
    world.clock.after(10, () => world.drain.abort());
    world.clock.after(20, () => world.abort.abort());
    await world.run([world.lane({ tasks: 9, provider: world.provider(never) })]);
    expect(world.clock.now()).toBe(20);
    expect(statuses(world)).toEqual({ canceled: 8 });
  });
});

describe("the run's timeout", () => {
  test('abandons requests in flight and says so', async () => {
    const world = createWorld();
    const provider = world.provider(({ prompt }) => (prompt === 't1' ? answered() : never()));
    const totals = await world.run([world.lane({ tasks: 50, provider, limits: FOUR })], {
      timeoutMs: 2_000,
    });
    expect(world.clock.now()).toBe(2_000);
    expect(totals.stoppedBy).toEqual({ kind: 'timeout' });
    expect(statuses(world)).toEqual({ succeeded: 1, canceled: 4 });
    expect(failureOf(world.outcomes[1])?.message).toBe("the run's timeout of 2 s passed");
  });

  test('works even if it is longer than a timer can be', async () => {
    const world = createWorld();
    const provider = world.provider(never);
    const dayMs = 86_400_000;
    await world.run([world.lane({ tasks: [task('t', { timeoutMs: 90 * dayMs })], provider })], {
      timeoutMs: 60 * dayMs,
    });
    expect(world.clock.now()).toBe(60 * dayMs);
  });

  test('immediately ends a task whose retry-after exceeds it, and its lane', async () => {
    const world = createWorld();
    const provider = world.provider(() => failed({ ...REFUSED, retryAfterMs: 50_000 }));
    const totals = await world.run(
      [world.lane({ tasks: 50, provider, limits: { concurrency: { start: 1, max: 1 } } })],
      { timeoutMs: 30_000 },
    );
    expect(world.clock.now()).toBe(100);
    expect(world.outcomes).toHaveLength(1);
    expect(totals.stoppedBy).toMatchObject({ kind: 'provider', failure: { code: 'RATE_LIMITED' } });
    expect(world.events.map(({ type }) => type)).toEqual(['attempt_started', 'lane_stopped']);
  });
});

describe('fail-fast', () => {
  test('sends nothing after the first task that failed', async () => {
    const world = createWorld();
    const provider = world.provider(({ prompt }) => {
      if (prompt === 't1') return failed({ retryable: false });
      return prompt === 't2' ? failed() : answered();
    });
    const totals = await world.run([world.lane({ tasks: 100, provider, limits: FOUR })], {
      failFast: true,
    });
    expect(world.calls).toHaveLength(4);
    expect(statuses(world)).toEqual({ failed: 1, canceled: 1, succeeded: 2 });
    expect(totals.stoppedBy).toEqual({ kind: 'fail_fast' });
  });

  test('is not triggered by an attempt that is retried', async () => {
    const world = createWorld();
    const provider = world.provider(({ attempt }) => (attempt === 1 ? failed() : answered()));
    await world.run([world.lane({ tasks: 20, provider })], { failFast: true });
    expect(statuses(world)).toEqual({ succeeded: 20 });
  });
});

describe('a provider that refuses the key', () => {
  test('is stopped in all of its lanes, and other providers continue', async () => {
    const world = createWorld();
    const broken = world.provider(({ atMs }) => (atMs < 1_000 ? answered() : failed(BAD_KEY)), {
      name: 'broken',
    });
    const sound = world.provider(() => answered(), { name: 'sound' });
    const totals = await world.run([
      world.lane({ tasks: 1_000, provider: broken, name: 'broken/a', limits: FOUR }),
      world.lane({ tasks: 1_000, provider: broken, name: 'broken/b', limits: FOUR }),
      world.lane({ tasks: 1_000, provider: sound }),
    ]);
    expect(totals.stoppedBy).toMatchObject({ kind: 'provider', failure: { code: 'AUTH' } });
    // Only the four in flight in each lane were sent, and no others.
    const afterFirstRefusal = world.calls.filter(
      ({ lane, atMs }) => lane.startsWith('broken') && atMs >= 1_000,
    );
    expect(afterFirstRefusal).toHaveLength(8);
    expect(
      world.outcomes.filter(({ task }) => task.template.model.provider === 'sound'),
    ).toHaveLength(1_000);
    expect(world.events.filter(({ type }) => type === 'lane_stopped')).toMatchObject([
      { lane: 'broken/a', failure: { code: 'AUTH' } },
      { lane: 'broken/b', failure: { code: 'AUTH' } },
    ]);
  });

  test('makes tasks that wait for a retry there fail, each with its own last failure', async () => {
    const world = createWorld();
    const provider = world.provider(
      ({ prompt }) => (prompt === 't1' ? failed() : failed(BAD_KEY)),
      {
        latencyMs: () => 100 + 10 * world.calls.length,
      },
    );
    await world.run([
      world.lane({ tasks: 9, provider, limits: { concurrency: { start: 2, max: 2 } } }),
    ]);
    expect(failureOf(world.outcomes.find((outcome) => outcome.task.id === 't1'))).toMatchObject({
      code: 'SERVER_ERROR',
    });
    expect(world.clock.now()).toBeLessThan(300);
    expect(statuses(world)).toEqual({ failed: world.outcomes.length });
  });
});

describe('a lane whose first tasks all end the same way', () => {
  test('is stopped after three', async () => {
    const world = createWorld();
    const provider = world.provider(() => failed(NO_SUCH_MODEL), {
      latencyMs: () => 100 * (world.calls.length + 1),
    });
    const totals = await world.run([world.lane({ tasks: 1_000, provider })]);
    expect(totals.stoppedBy).toMatchObject({ kind: 'provider', failure: { code: 'NOT_FOUND' } });
    expect(world.calls.length).toBeLessThanOrEqual(10);
  });

  test('is stopped after one if there is only one at a time', async () => {
    const world = createWorld();
    const provider = world.provider(() => failed(NO_SUCH_MODEL));
    const limits = { concurrency: { start: 1, max: 1 } };
    await world.run([world.lane({ tasks: 1_000, provider, limits })]);
    expect(world.calls).toHaveLength(1);
  });

  test('is stopped even if an earlier prompt could not be rendered', async () => {
    const world = createWorld();
    const provider = world.provider(() => failed(NO_SUCH_MODEL));
    const limits = { concurrency: { start: 1, max: 1 } };
    const missing = { code: 'TEMPLATE', message: 'no file `a.txt`', retryable: false } as const;
    const render = (which: Task): Promise<RenderedTask> =>
      which.id === 't1' ? Promise.resolve({ ok: false, failure: missing }) : renderId(which);
    await world.run([world.lane({ tasks: 1_000, provider, limits, render })]);
    expect(world.calls.map(({ prompt }) => prompt)).toEqual(['t2']);
  });

  test('continues once one ended differently', async () => {
    const world = createWorld();
    const provider = world.provider(({ prompt }) =>
      prompt === 't2' ? answered() : failed(NO_SUCH_MODEL),
    );
    const totals = await world.run([
      world.lane({ tasks: 40, provider, limits: { concurrency: { start: 2, max: 2 } } }),
    ]);
    expect(statuses(world)).toEqual({ failed: 39, succeeded: 1 });
    expect(totals.stoppedBy).toBeUndefined();
  });
});

describe('a run that cannot continue', () => {
  test('rejects and abandons requests in flight if an outcome cannot be saved', async () => {
    const world = createWorld();
    const provider = world.provider(({ prompt }) => (prompt === 't1' ? answered() : never()));
    let settled = 0;
    const run = world.run([world.lane({ tasks: 100, provider, limits: FOUR })], {
      settle: () => {
        settled += 1;
        return Promise.reject(new Error('disk full'));
      },
    });
    await expect(run).rejects.toThrow('disk full');
    expect(settled).toBe(1);
    expect(
      world.calls.every(({ options, prompt }) => prompt === 't1' || options.signal.aborted),
    ).toBe(true);
    expect(world.clock.pendingTimers).toBe(0);
  });

  test('finishes requests in flight and then rejects if its rows cannot be read', async () => {
    const world = createWorld();
    const gone = new VolleyError('`rows.csv` is gone', { exitCode: 2 });
    async function* rows(): AsyncGenerator<Task> {
      yield task('a');
      yield task('b');
      await sleep(world.clock, 50);
      throw gone;
    }
    const provider = world.provider(({ prompt }) => (prompt === 'a' ? failed() : answered()));
    await expect(world.run([world.lane({ tasks: rows(), provider })])).rejects.toBe(gone);
    expect(statuses(world)).toEqual({ canceled: 1, succeeded: 1 });
  });

  test('rejects if rendering a prompt throws an unexpected error', async () => {
    const world = createWorld();
    const lane = world.lane({
      tasks: 3,
      provider: world.provider(() => answered()),
      render: () => Promise.reject(new Error('a bug')),
    });
    await expect(world.run([lane])).rejects.toThrow('a bug');
  });

  test('rejects if a listener throws', async () => {
    const world = createWorld();
    const lane = world.lane({ tasks: 3, provider: world.provider(() => answered()) });
    const run = world.run([lane], {
      emit: () => {
        throw new Error('a bug in a reporter');
      },
    });
    await expect(run).rejects.toThrow('a bug in a reporter');
  });

  test('does not wait for rows that never come', async () => {
    const world = createWorld();
    world.clock.after(500, () => world.drain.abort());
    await world.run([
      world.lane({ tasks: rowsThatHang(), provider: world.provider(() => answered()) }),
    ]);
    expect(statuses(world)).toEqual({ succeeded: 1 });
  });
});
