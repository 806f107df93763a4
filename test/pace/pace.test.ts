import { describe, expect, test } from 'vitest';
import type { Limits } from '../../src/manifest/manifest.ts';
import { slotsOf } from '../../src/pace/concurrency.ts';
import { createPace, type Pace } from '../../src/pace/pace.ts';
import type { Sent } from '../../src/pace/recent-sends.ts';
import type { AttemptFailure, ResponseHeaders } from '../../src/providers/provider.ts';
import { announcedLimits } from '../../src/providers/rate-limit-headers.ts';
import { failure, REFUSED, usage } from '../schedule/world.ts';

const LOAD = { inputTokens: 10, outputTokens: 10 };
const FREE = { kind: 'free' };
const POLICY = { countsCacheReads: true, countsMaxTokens: false };

function lane(limits: Limits = {}): Pace {
  return createPace({ limits, policy: POLICY, nowMs: 0 });
}

/** A request that is refused some time after it was sent. */
function refuse(pace: Pace, options: { parts?: Partial<AttemptFailure>; nowMs: number }) {
  return refuseLater(pace, 0)(options);
}

function refuseLater(pace: Pace, sentMs: number) {
  const sent = pace.sent(LOAD, sentMs);
  return ({
    parts = {},
    nowMs,
    headers = {},
  }: {
    parts?: Partial<AttemptFailure>;
    nowMs: number;
    headers?: ResponseHeaders;
  }) => {
    pace.released();
    const refusal = failure({ ...REFUSED, ...parts });
    const answer = { failure: refusal, usage: undefined, announced: announcedLimits(headers, 0) };
    return pace.answered(sent, answer, { nowMs, random: () => 0.5 });
  };
}

function succeed(pace: Pace, nowMs: number): void {
  answerWell(pace, pace.sent(LOAD, nowMs), nowMs);
}

function answerWell(pace: Pace, sent: Sent, nowMs: number): void {
  pace.released();
  const answer = { failure: undefined, usage: usage({}), announced: [] };
  pace.answered(sent, answer, { nowMs, random: () => 0.5 });
}

describe('concurrency', () => {
  test('starts at eight if nothing is declared, otherwise where the manifest says', () => {
    expect(slotsOf(lane().state.concurrency)).toBe(8);
    expect(slotsOf(lane({ concurrency: { start: 3, max: 9 } }).state.concurrency)).toBe(3);
  });

  test('holds the next request until one is released', () => {
    const pace = lane({ concurrency: { start: 1, max: 1 } });
    expect(pace.room(LOAD, 0)).toEqual(FREE);
    pace.sent(LOAD, 0);
    expect(pace.room(LOAD, 0)).toMatchObject({
      kind: 'wait',
      untilMs: undefined,
      by: 'lane',
    });
    pace.released();
    expect(pace.room(LOAD, 0)).toEqual(FREE);
  });

  test('grows with each success of a request that was in flight while all slots were in use', () => {
    const pace = lane();
    const sends = Array.from({ length: 8 }, () => pace.sent(LOAD, 0));
    for (const sent of sends) answerWell(pace, sent, 500);
    expect(slotsOf(pace.state.concurrency)).toBe(32);
    succeed(pace, 1_000);
    expect(slotsOf(pace.state.concurrency)).toBe(32);
  });

  test('does not grow with failures', () => {
    const pace = lane();
    const sends = Array.from({ length: 8 }, () => pace.sent(LOAD, 0));
    const moment = { nowMs: 500, random: () => 0.5 };
    const answer = { failure: failure({ code: 'NOT_FOUND' }), usage: undefined, announced: [] };
    for (const sent of sends) pace.answered(sent, answer, moment);
    expect(slotsOf(pace.state.concurrency)).toBe(8);
  });
});

describe('a 429', () => {
  test('pauses the lane for the retry-after and up to a tenth more', () => {
    const pace = lane();
    const pause = refuse(pace, { parts: { retryAfterMs: 2_000 }, nowMs: 500 });
    expect(pause).toBe(2_600);
    expect(pace.room(LOAD, 2_599)).toMatchObject({
      kind: 'wait',
      untilMs: 2_600,
      by: 'rate_limited',
    });
    expect(pace.room(LOAD, 2_600)).toEqual(FREE);
  });

  test('without a retry-after does not pause the lane, but slows what follows', () => {
    const pace = lane();
    for (let nowMs = 0; nowMs < 1_000; nowMs += 100) succeed(pace, nowMs);
    expect(refuse(pace, { nowMs: 1_000 })).toBeUndefined();
    expect(pace.room(LOAD, 1_000)).toMatchObject({
      kind: 'wait',
      untilMs: expect.closeTo(1_100, -1),
      by: { kind: 'requests' },
    });
  });

  test('that comes three times in a row lets one request at a time find out when refusals end', () => {
    const pace = lane();
    const [first, second, third] = [0, 10_000, 20_000].map((nowMs) => refuse(pace, { nowMs }));
    expect([first, second, third]).toEqual([undefined, undefined, 20_262.5]);
    const probe = pace.sent(LOAD, 30_000);
    expect(pace.room(LOAD, 30_100)).toMatchObject({
      kind: 'wait',
      untilMs: 32_000,
      by: 'rate_limited',
    });
    answerWell(pace, probe, 31_000);
    expect(pace.room(LOAD, 31_000)).toEqual(FREE);
  });

  test.each([
    ['', {}],
    [
      ', whatever the server announces',
      { 'x-ratelimit-limit-requests': '15', 'x-ratelimit-remaining-requests': '0' },
    ],
  ])(
    'that repeats after the wait that the server asked for makes the wait longer%s',
    (_, headers) => {
      const pace = lane();
      const pausesMs: number[] = [];
      for (let nowMs = 0; pausesMs.length < 10;) {
        const paused = refuseLater(
          pace,
          nowMs,
        )({
          parts: { retryAfterMs: 2_000 },
          nowMs,
          headers,
        });
        if (paused === undefined) break;
        pausesMs.push(Math.round(paused - nowMs));
        nowMs = paused;
      }
      expect(pausesMs.slice(0, 2)).toEqual([2_100, 2_100]);
      expect(pausesMs).toEqual(pausesMs.toSorted((one, other) => one - other));
      expect(pausesMs.at(-1)).toBeGreaterThan(15_000);
    },
  );

  test('that comes three times in a row never allows more probes than the declared concurrency', () => {
    const pace = lane({ concurrency: { start: 1, max: 1 } });
    for (const nowMs of [0, 10_000, 20_000]) refuse(pace, { nowMs });
    const probe = pace.sent(LOAD, 30_000);
    expect(pace.room(LOAD, 33_000)).toMatchObject({
      kind: 'wait',
      untilMs: undefined,
      by: 'lane',
    });
    answerWell(pace, probe, 33_086);
    expect(pace.room(LOAD, 33_086)).toEqual(FREE);
  });

  test('counts as one event with the rest of its burst', () => {
    const pace = lane();
    const burst = [1, 2, 3, 4].map(() => refuseLater(pace, 0));
    const told = burst.map((refused, index) =>
      refused({ parts: { retryAfterMs: 1_000 }, nowMs: index }),
    );
    expect(told).toEqual([1_050, undefined, undefined, undefined]);
    expect(pace.state.pausedUntilMs).toBe(1_050);
  });

  test('of the same burst may make the wait longer, and is reported if it is much longer', () => {
    const pace = lane();
    const [first, second, third] = [1, 2, 3].map(() => refuseLater(pace, 0));
    first?.({ parts: { retryAfterMs: 1_000 }, nowMs: 0 });
    expect(second?.({ parts: { retryAfterMs: 1_700 }, nowMs: 10 })).toBeUndefined();
    expect(pace.state.pausedUntilMs).toBe(1_710);
    expect(third?.({ parts: { retryAfterMs: 9_000 }, nowMs: 20 })).toBe(9_020);
  });

  test('keeps what it reserved: the server may count what it refused', () => {
    const pace = lane({ itpm: 15 });
    refuse(pace, { parts: { retryAfterMs: 1 }, nowMs: 0 });
    expect(pace.room(LOAD, 10)).toMatchObject({
      kind: 'wait',
      untilMs: 60_500,
      by: { kind: 'input_tokens' },
    });
  });
});

describe('a 429 because the load rises too quickly', () => {
  test('keeps the concurrency for a minute, and lets it grow slowly after that', () => {
    const pace = lane();
    const answerAll = (nowMs: number): void => {
      const slots = slotsOf(pace.state.concurrency);
      const sends = Array.from({ length: slots }, () => pace.sent(LOAD, nowMs));
      for (const sent of sends) answerWell(pace, sent, nowMs + 100);
    };
    refuse(pace, { parts: { growsTooFast: true, retryAfterMs: 1_000 }, nowMs: 0 });
    expect(pace.room(LOAD, 500)).toMatchObject({ kind: 'wait', by: 'rate_limited' });
    answerAll(2_000);
    expect(slotsOf(pace.state.concurrency)).toBe(8);
    answerAll(61_000);
    expect(slotsOf(pace.state.concurrency)).toBe(11);
    expect(pace.state.found).toBeUndefined();
  });
});

describe('an answer', () => {
  test('that concerns only its own task does not pause the lane', () => {
    const pace = lane();
    expect(
      refuse(pace, { parts: { reach: 'task', retryAfterMs: 9_000 }, nowMs: 0 }),
    ).toBeUndefined();
    expect(pace.room(LOAD, 0)).toEqual(FREE);
  });

  test('settles the limits, including cache reads unless the provider does not count them', () => {
    const used = usage({ inputTokens: 5, cacheWriteTokens: 5, cacheReadTokens: 80 });
    const roomAfter = (countsCacheReads: boolean) => {
      const policy = { countsCacheReads, countsMaxTokens: false };
      const pace = createPace({ limits: { itpm: 90 }, policy, nowMs: 0 });
      const sent = pace.sent({ inputTokens: 90, outputTokens: 1 }, 0);
      const answer = { failure: undefined, usage: used, announced: [] };
      pace.answered(sent, answer, { nowMs: 1, random: () => 0 });
      return pace.room({ inputTokens: 80, outputTokens: 1 }, 1).kind;
    };
    expect(roomAfter(true)).toBe('wait');
    expect(roomAfter(false)).toBe('free');
  });
});
