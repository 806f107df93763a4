import { describe, expect, test } from 'vitest';
import type { RenderedTask, Task } from '../../src/plan/task.ts';
import type { AttemptOutcome } from '../../src/providers/provider.ts';
import {
  answered,
  createWorld,
  failed,
  failureOf,
  REFUSED,
  renderId,
  task,
  usage,
  type Script,
  type World,
} from './world.ts';

const noJitter = (): number => 0;

/** Returns the outcomes in order, and repeats the last one forever. */
function play(...outcomes: readonly AttemptOutcome[]): Script {
  return ({ attempt }) => outcomes[Math.min(attempt, outcomes.length) - 1] ?? answered();
}

function attemptsOf(world: World): number[] {
  return world.calls.map(({ atMs }) => atMs);
}

describe('a task', () => {
  test('that succeeds reports its times, tokens and fingerprint', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered({ inputTokens: 12, outputTokens: 3 }));
    const totals = await world.run([world.lane({ tasks: 1, provider })]);
    expect(totals).toMatchObject({ rateLimited: 0, highestConcurrency: 1, stoppedBy: undefined });
    expect(world.outcomes).toEqual([
      {
        task: expect.objectContaining({ id: 't1' }),
        model: { provider: 'p', model: 'm' },
        tried: [],
        result: { status: 'succeeded', answer: expect.objectContaining({ text: 'yes' }) },
        fingerprint: expect.stringMatching(/^v2:sha256:/),
        prompt: 't1',
        attempts: 1,
        possiblyPaidAttempts: 0,
        costUsd: null,
        cacheSavedUsd: null,
        possiblyPaidUsd: 0,
        usage: usage({ inputTokens: 12, outputTokens: 3 }),
        queuedMs: 0,
        durationMs: 100,
        startedAtEpochMs: Date.UTC(2026, 0, 1),
        finishedAtEpochMs: Date.UTC(2026, 0, 1) + 100,
        waitedMs: {},
      },
    ]);
    expect(world.events).toEqual([
      { type: 'attempt_started', id: 't1', lane: 'p/m', attempt: 1, atMs: 0 },
    ]);
    expect(world.clock.pendingTimers).toBe(0);
  });

  test('that fails is sent again after 1, 2 and 4 seconds before it counts as failed', async () => {
    const world = createWorld({ random: noJitter });
    const provider = world.provider(play(failed()), { latencyMs: () => 10 });
    await world.run([world.lane({ tasks: 1, provider })]);
    expect(attemptsOf(world)).toEqual([0, 1_010, 3_020, 7_030]);
    expect(world.outcomes).toMatchObject([
      {
        result: { status: 'failed', failure: { code: 'SERVER_ERROR' } },
        attempts: 4,
        durationMs: 7_040,
        waitedMs: { retry: 7_000 },
      },
    ]);
    expect(world.events.filter(({ type }) => type === 'retry_scheduled')).toMatchObject([
      { id: 't1', lane: 'p/m', attempt: 1, delayMs: 1_000 },
      { attempt: 2, delayMs: 2_000 },
      { attempt: 3, delayMs: 4_000 },
    ]);
  });

  test('waits before its first retry as the caller specifies', async () => {
    const world = createWorld({ random: noJitter });
    const provider = world.provider(play(failed(), failed(), answered()), { latencyMs: () => 0 });
    await world.run([world.lane({ tasks: 1, provider })], { retryDelayMs: 30 });
    expect(attemptsOf(world)).toEqual([0, 30, 90]);
  });

  test('is sent once if max_retries is 0', async () => {
    const world = createWorld();
    const provider = world.provider(play(failed(REFUSED)));
    await world.run([world.lane({ tasks: [task('once', { maxRetries: 0 })], provider })]);
    expect(world.calls).toHaveLength(1);
    expect(failureOf(world.outcomes[0])?.code).toBe('RATE_LIMITED');
  });

  test('that is always refused by a rate limit fails after ten minutes, whatever max_retries says', async () => {
    const world = createWorld();
    const provider = world.provider(play(failed(REFUSED)));
    const totals = await world.run([
      world.lane({ tasks: [task('refused', { maxRetries: 1 })], provider }),
    ]);
    expect(world.calls.length).toBeGreaterThan(10);
    expect(world.calls.at(-1)?.atMs).toBeGreaterThan(600_000);
    expect(world.calls.at(-1)?.atMs).toBeLessThan(700_000);
    expect(totals.rateLimited).toBe(world.calls.length);
    expect(failureOf(world.outcomes[0])?.hint).toContain('accepted nothing for');
  });

  test('that a rate limit refused still has all its retries left', async () => {
    const world = createWorld();
    const refusals = [1, 2, 3, 4, 5].map(() => failed(REFUSED));
    const provider = world.provider(play(...refusals, failed(), failed(), answered()));
    await world.run([world.lane({ tasks: [task('t', { maxRetries: 2 })], provider })]);
    expect(world.outcomes).toMatchObject([{ result: { status: 'succeeded' }, attempts: 8 }]);
  });

  test('adds up the tokens of all its attempts and counts those that may be charged', async () => {
    const world = createWorld();
    const provider = world.provider(
      play(
        failed({ code: 'EMPTY_OUTPUT', usage: usage({ inputTokens: 10, outputTokens: 1 }) }),
        failed({ code: 'NETWORK', possiblyPaid: true }),
        answered({ inputTokens: 10, outputTokens: 5, cacheReadTokens: 7 }),
      ),
    );
    await world.run([world.lane({ tasks: 1, provider })]);
    expect(world.outcomes[0]).toMatchObject({
      attempts: 3,
      possiblyPaidAttempts: 1,
      usage: { inputTokens: 20, outputTokens: 6, cacheReadTokens: 7 },
    });
  });

  test('that cannot be rendered fails without a request', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered());
    const missing = { code: 'TEMPLATE', message: 'no file `a.txt`', retryable: false } as const;
    const render = (which: Task): Promise<RenderedTask> =>
      which.id === 't2' ? Promise.resolve({ ok: false, failure: missing }) : renderId(which);
    await world.run([world.lane({ tasks: 3, provider, render })]);
    expect(world.calls.map(({ prompt }) => prompt)).toEqual(['t1', 't3']);
    expect(world.outcomes.find((outcome) => outcome.task.id === 't2')).toMatchObject({
      result: { status: 'failed', failure: missing },
      attempts: 0,
      fingerprint: undefined,
      durationMs: 0,
    });
    expect(world.outcomes).toHaveLength(3);
  });

  test('that is larger than a whole limit fails immediately, and the message has both numbers', async () => {
    const world = createWorld();
    const provider = world.provider(() => answered());
    const tasks = [task('x'.repeat(4_004)), task('small')];
    await world.run([world.lane({ tasks, provider, limits: { itpm: 1_000 } })]);
    expect(world.calls.map(({ prompt }) => prompt)).toEqual(['small']);
    expect(world.outcomes[0]).toMatchObject({ attempts: 0, fingerprint: expect.any(String) });
    expect(failureOf(world.outcomes[0])).toEqual({
      code: 'TOO_LARGE',
      message:
        'the request needs about 1001 input tokens, more than the whole `itpm` limit of 1000',
      retryable: false,
      hint: 'shorten the prompt or its context, or raise `itpm` if the provider allows more',
    });
  });
});

function paused(step: number): AttemptOutcome {
  return {
    kind: 'incomplete',
    continuation: { messages: [step] },
    usage: usage({ outputTokens: 2 }),
  };
}

describe('a turn that the model paused', () => {
  test('is continued immediately from the text so far, and the tokens of both parts add up', async () => {
    const world = createWorld();
    const provider = world.provider(play(paused(1), paused(2), answered({ outputTokens: 4 })));
    await world.run([world.lane({ tasks: 1, provider })]);
    expect(world.calls.map(({ atMs, options }) => [atMs, options.continuation])).toEqual([
      [0, undefined],
      [100, { messages: [1] }],
      [200, { messages: [2] }],
    ]);
    expect(world.outcomes[0]).toMatchObject({
      attempts: 3,
      usage: { outputTokens: 8 },
      result: { status: 'succeeded' },
    });
  });

  test('makes the task fail after five pauses', async () => {
    const world = createWorld();
    const provider = world.provider(play(paused(1)));
    await world.run([world.lane({ tasks: 1, provider })]);
    expect(world.calls).toHaveLength(6);
    expect(failureOf(world.outcomes[0])).toEqual({
      code: 'BAD_RESPONSE',
      message: 'the model paused its turn 6 times and did not finish',
      retryable: false,
    });
  });

  test('continues from the same place when it is sent again after a failure', async () => {
    const world = createWorld();
    const provider = world.provider(play(paused(1), failed(), answered()));
    await world.run([world.lane({ tasks: 1, provider })]);
    expect(world.calls.map(({ options }) => options.continuation)).toEqual([
      undefined,
      { messages: [1] },
      { messages: [1] },
    ]);
  });
});

describe('an attempt', () => {
  test('is abandoned a second after its deadline if the provider ignores that', async () => {
    const world = createWorld({ random: noJitter });
    const provider = world.provider(({ attempt }) =>
      attempt === 1 ? new Promise<AttemptOutcome>(() => {}) : answered(),
    );
    await world.run([world.lane({ tasks: [task('t', { timeoutMs: 5_000 })], provider })]);
    expect(world.calls[0]?.options.timeoutMs).toBe(5_000);
    expect(world.calls[0]?.options.signal.aborted).toBe(true);
    expect(attemptsOf(world)).toEqual([0, 7_000]);
    expect(world.outcomes[0]).toMatchObject({ possiblyPaidAttempts: 1, attempts: 2 });
    expect(world.events[1]).toMatchObject({
      type: 'retry_scheduled',
      failure: { code: 'TIMEOUT', message: 'no answer within 5 s' },
    });
  });

  test('that throws is a bug: the run rejects, and requests in flight are abandoned', async () => {
    const world = createWorld();
    const provider = world.provider(({ prompt }) => {
      if (prompt === 't2') throw new Error('oops');
      return new Promise<AttemptOutcome>(() => {});
    });
    await expect(world.run([world.lane({ tasks: 100, provider })])).rejects.toThrow('oops');
    expect(world.calls).toHaveLength(8);
    expect(world.calls[7]?.options.signal.aborted).toBe(true);
    expect(world.clock.pendingTimers).toBe(0);
  });
});
