import { describe, expect, test } from 'vitest';
import { createPace, type Pace } from '../../src/pace/pace.ts';
import { announcedLimits } from '../../src/providers/rate-limit-headers.ts';
import { failure, REFUSED } from '../schedule/world.ts';

const LOAD = { inputTokens: 1, outputTokens: 0 };

/** A lane whose first eight requests are refused by a limit on requests. */
function refused(parts: {
  readonly limit: number;
  readonly remaining?: number;
  readonly reset: string;
  readonly retryAfterMs: number;
}): Pace {
  const { limit, remaining = 0, reset, retryAfterMs } = parts;
  const policy = { countsCacheReads: true, countsMaxTokens: false };
  const pace = createPace({ limits: {}, policy, nowMs: 0 });
  const headers = {
    'x-ratelimit-limit-requests': String(limit),
    'x-ratelimit-remaining-requests': String(remaining),
    'x-ratelimit-reset-requests': reset,
  };
  const sent = Array.from({ length: 8 }, () => pace.sent(LOAD, 0));
  for (const each of sent) {
    pace.released();
    const answer = {
      failure: failure({ ...REFUSED, retryAfterMs }),
      usage: undefined,
      announced: announcedLimits(headers, 0),
    };
    pace.answered(each, answer, { nowMs: 10, random: () => 0 });
  }
  return pace;
}

/** How many requests may be sent at this moment. */
function roomAt(pace: Pace, nowMs: number): number {
  let room = 0;
  while (room < 100 && pace.room(LOAD, nowMs).kind === 'free') {
    pace.sent(LOAD, nowMs);
    room += 1;
  }
  return room;
}

describe('a limit that is fully available again when its window ends', () => {
  test.each([
    [
      'ten per minute, three seconds before the end',
      { limit: 10, reset: '3s', retryAfterMs: 3_000 },
    ],
    ['a fraction of a second in the reset', { limit: 10, reset: '2.6s', retryAfterMs: 3_000 }],
    ['a plain number as the reset', { limit: 10, reset: '3', retryAfterMs: 3_000 }],
    [
      'a hundred per minute, half a minute before the end',
      { limit: 100, reset: '30s', retryAfterMs: 30_000 },
    ],
    ['six hundred per minute', { limit: 600, reset: '20s', retryAfterMs: 20_000 }],
    ['a window that has just begun', { limit: 60, reset: '1m0s', retryAfterMs: 60_000 }],
  ])('is recognized: %s', (_name, told) => {
    const pace = refused(told);
    expect(roomAt(pace, told.retryAfterMs - 1_000)).toBe(0);
    expect(roomAt(pace, told.retryAfterMs + 400)).toBeGreaterThan(1);
  });

  test.each([
    [
      'a bucket that has room for one much sooner',
      { limit: 600, reset: '60s', retryAfterMs: 1_000 },
    ],
    ['a wait that is only rounded up', { limit: 600, reset: '1s', retryAfterMs: 1_000 }],
    [
      'a bucket that is not empty',
      { limit: 100, remaining: 5, reset: '30s', retryAfterMs: 30_000 },
    ],
  ])('is not assumed for %s', (_name, told) => {
    const pace = refused(told);
    expect(pace.state.announced[0]?.wholeAtMs).toBe(Infinity);
  });
});
