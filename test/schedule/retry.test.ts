import { describe, expect, test } from 'vitest';
import type { FailureCode } from '../../src/errors/failure.ts';
import type { AttemptFailure } from '../../src/providers/provider.ts';
import { decideRetry, type RetryOptions } from '../../src/schedule/retry.ts';
import { retryWaitMs } from '../../src/schedule/retry-delay.ts';
import { failure, REFUSED } from './world.ts';

const OPTIONS: RetryOptions = {
  maxRetries: 3,
  baseMs: 1_000,
  timeoutMs: 600_000,
  remainingMs: undefined,
  hasNextModel: false,
  closedMs: undefined,
  random: () => 0,
};

function decide(
  which: AttemptFailure,
  counts: Partial<Record<FailureCode, number>>,
  options: Partial<RetryOptions> = {},
) {
  const failures = new Map<FailureCode, number>();
  for (const code of ['SERVER_ERROR', 'RATE_LIMITED', 'EMPTY_OUTPUT'] as const) {
    const count = counts[code];
    if (count !== undefined) failures.set(code, count);
  }
  return decideRetry(which, failures, { ...OPTIONS, ...options });
}

describe('the delay before a retry', () => {
  test.each([
    [1, 1_000, 1_999],
    [2, 2_000, 2_999],
    [3, 4_000, 4_999],
    [7, 60_000, 60_999],
    [2_000, 60_000, 60_999],
  ])('after failure %d is %d ms, with jitter up to %d ms', (count, least, most) => {
    const delay = (random: () => number) =>
      retryWaitMs(failure(), count, { baseMs: 1_000, random });
    expect(delay(() => 0)).toBe(least);
    expect(delay(() => 0.999)).toBe(most);
  });

  test('starts at the base, and its jitter does not exceed it', () => {
    expect(retryWaitMs(failure(), 2, { baseMs: 100, random: () => 0.5 })).toBe(250);
  });

  test('is exactly what the server says, to the millisecond', () => {
    const told = failure({ retryAfterMs: 1_234 });
    expect(retryWaitMs(told, 5, { baseMs: 1_000, random: () => 0.9 })).toBe(1_234);
  });
});

describe('a failed request is sent again', () => {
  test('as often as max_retries says', () => {
    expect(decide(failure(), { SERVER_ERROR: 3 }).kind).toBe('retry');
    expect(decide(failure(), { SERVER_ERROR: 4 }).kind).toBe('final');
  });

  test('never if that would not help', () => {
    const final = failure({ code: 'BAD_REQUEST', retryable: false });
    expect(decide(final, {})).toEqual({ kind: 'final', failure: final, stopsLane: false });
  });

  test('regardless of max_retries after a 429', () => {
    expect(decide(failure(REFUSED), { RATE_LIMITED: 90 }, { maxRetries: 1 }).kind).toBe('retry');
    expect(decide(failure(), { SERVER_ERROR: 3, RATE_LIMITED: 8 }).kind).toBe('retry');
  });

  test('but not if the server has accepted nothing for too long', () => {
    const refused = failure(REFUSED);
    expect(decide(refused, { RATE_LIMITED: 20 }, { closedMs: 600_123 })).toEqual({
      kind: 'final',
      failure: {
        ...refused,
        hint: 'the server has accepted nothing for 10 minutes: run it again later',
      },
      stopsLane: true,
    });
    expect(decide(failure(), { SERVER_ERROR: 1 }, { closedMs: 600_123 }).kind).toBe('retry');
  });

  test('but not even after a 429 if max_retries is 0', () => {
    expect(decide(failure(REFUSED), { RATE_LIMITED: 1 }, { maxRetries: 0 }).kind).toBe('final');
  });

  test('as often as its kind of failure allows, whatever else went wrong before', () => {
    const empty = failure({ code: 'EMPTY_OUTPUT', maxRetries: 1 });
    expect(decide(empty, { SERVER_ERROR: 2, EMPTY_OUTPUT: 1 }).kind).toBe('retry');
    expect(decide(empty, { EMPTY_OUTPUT: 2 }).kind).toBe('final');
  });
});

/** The decision after a refusal with this `retry-after`, if an attempt may take 5 s. */
function decideBriefly(retryAfterMs: number) {
  const told = failure({ ...REFUSED, retryAfterMs });
  return decide(told, { RATE_LIMITED: 1 }, { timeoutMs: 5_000 });
}

describe('a retry-after', () => {
  test('longer than the timeout ends the task with a hint, and stops the lane if it concerns the lane', () => {
    const told = failure({ ...REFUSED, retryAfterMs: 3_600_000 });
    expect(decide(told, { RATE_LIMITED: 1 }, { timeoutMs: 90_000 })).toEqual({
      kind: 'final',
      stopsLane: true,
      failure: {
        ...told,
        hint: "the server asks to wait 3600 s, longer than the task's timeout (90 s): run it again later, or raise the timeout",
      },
    });
    const taskOnly = decide(failure({ retryAfterMs: 3_600_000 }), { SERVER_ERROR: 1 });
    expect(taskOnly).toMatchObject({ kind: 'final', stopsLane: false });
  });

  test('of up to a minute is respected, even if the timeout is shorter, because that limits attempts, not waits', () => {
    expect(decideBriefly(6_000)).toEqual({ kind: 'retry', delayMs: 6_000 });
    expect(decideBriefly(60_000)).toEqual({ kind: 'retry', delayMs: 60_000 });
    expect(decideBriefly(60_001)).toEqual({
      kind: 'final',
      stopsLane: true,
      failure: {
        ...failure({ ...REFUSED, retryAfterMs: 60_001 }),
        hint: 'the server asks to wait 60.001 s, longer than a task waits (60 s): run it again later, or raise the timeout',
      },
    });
  });

  test("longer than what is left of the run's timeout ends the task and the lane", () => {
    const told = failure({ ...REFUSED, retryAfterMs: 5_001 });
    expect(decide(told, { RATE_LIMITED: 1 }, { remainingMs: 5_000 })).toEqual({
      kind: 'final',
      stopsLane: true,
      failure: {
        ...told,
        hint: "the server asks to wait 5.001 s, longer than what is left of the run's timeout (5 s): run it again later, or raise the timeout",
      },
    });
    expect(decide(told, { RATE_LIMITED: 1 }, { remainingMs: 5_001 }).kind).toBe('retry');
  });

  test('that is too long stops a lane even if the task has no retries left', () => {
    const told = failure({ ...REFUSED, retryAfterMs: 3_600_000 });
    expect(decide(told, { RATE_LIMITED: 1 }, { maxRetries: 0 })).toMatchObject({ stopsLane: true });
  });
});
