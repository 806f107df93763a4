import { expect, test } from 'vitest';
import { closedForGoodMs, createPace, type Pace } from '../../src/pace/pace.ts';
import type { Sent } from '../../src/pace/recent-sends.ts';
import { failure, REFUSED } from '../schedule/world.ts';

const MINUTE_MS = 60_000;

function lane(): Pace {
  const policy = { countsCacheReads: true, countsMaxTokens: false };
  return createPace({ limits: {}, policy, nowMs: 0 });
}

function sendAt(pace: Pace, nowMs: number): Sent {
  return pace.sent({ inputTokens: 1, outputTokens: 1 }, nowMs);
}

function refuse(pace: Pace, sent: Sent, nowMs: number): void {
  const answer = { failure: failure(REFUSED), usage: undefined, announced: [] };
  pace.answered(sent, answer, { nowMs, random: () => 0 });
  pace.released();
}

test('a server is tried ten times over ten minutes before it is abandoned', () => {
  const pace = lane();
  for (let minute = 0; minute < 10; minute += 1) {
    expect(closedForGoodMs(pace.state, minute * MINUTE_MS)).toBeUndefined();
    refuse(pace, sendAt(pace, minute * MINUTE_MS), minute * MINUTE_MS + 1);
  }
  expect(closedForGoodMs(pace.state, 10 * MINUTE_MS)).toBeUndefined();
  expect(closedForGoodMs(pace.state, 10 * MINUTE_MS + 1)).toBe(10 * MINUTE_MS);
});

test('a burst counts as one try, however many requests are in it', () => {
  const pace = lane();
  const burst = Array.from({ length: 20 }, () => sendAt(pace, 0));
  for (const [at, sent] of burst.entries()) refuse(pace, sent, at + 1);
  expect(closedForGoodMs(pace.state, 20 * MINUTE_MS)).toBeUndefined();
});

test('a server that is working on an answer is not abandoned', () => {
  const pace = lane();
  for (let minute = 0; minute < 10; minute += 1) {
    refuse(pace, sendAt(pace, minute * MINUTE_MS), minute * MINUTE_MS + 1);
  }
  const slow = sendAt(pace, 9 * MINUTE_MS + 2);
  expect(closedForGoodMs(pace.state, 20 * MINUTE_MS)).toBeUndefined();
  refuse(pace, slow, 20 * MINUTE_MS);
  expect(closedForGoodMs(pace.state, 20 * MINUTE_MS)).toBe(20 * MINUTE_MS - 1);
});
