import { describe, expect, test } from 'vitest';
import type { AttemptFailure, ResponseHeaders } from '../../src/providers/provider.ts';
import { announcedLimits } from '../../src/providers/rate-limit-headers.ts';
import { answered } from '../../src/schedule/answered.ts';
import { concurrencyOf } from '../../src/schedule/concurrency.ts';
import {
  createLaneState,
  decide,
  released,
  sent,
  type LaneState,
  type Send,
} from '../../src/schedule/lane-state.ts';
import type { Limits } from '../../src/manifest/manifest.ts';
import { failure, REFUSED, usage } from './world.ts';

const LOAD = { inputTokens: 10, outputTokens: 10 };
const START = { kind: 'start' };

function lane(limits: Limits = {}): LaneState {
  return createLaneState(limits, { countsCacheReads: true, countsMaxTokens: false });
}

/** A request that is refused some time after it was sent. */
function refuse(state: LaneState, options: { parts?: Partial<AttemptFailure>; nowMs: number }) {
  return refuseLater(state, 0)(options);
}

function refuseLater(state: LaneState, sentMs: number) {
  const send = sent(state, LOAD, sentMs);
  return ({
    parts = {},
    nowMs,
    headers = {},
  }: {
    parts?: Partial<AttemptFailure>;
    nowMs: number;
    headers?: ResponseHeaders;
  }) => {
    released(state);
    const refusal = failure({ ...REFUSED, ...parts });
    const answer = { failure: refusal, usage: undefined, announced: announcedLimits(headers, 0) };
    return answered(state, send, answer, { nowMs, random: () => 0.5 });
  };
}

function succeed(state: LaneState, nowMs: number): void {
  answerWell(state, sent(state, LOAD, nowMs), nowMs);
}

function answerWell(state: LaneState, send: Send, nowMs: number): void {
  released(state);
  const answer = { failure: undefined, usage: usage({}), announced: [] };
  answered(state, send, answer, { nowMs, random: () => 0.5 });
}

describe('concurrency', () => {
  test('is eight where nothing is declared, else where the declared one starts', () => {
    expect(concurrencyOf(lane().window)).toBe(8);
    expect(concurrencyOf(lane({ concurrency: { start: 3, max: 9 } }).window)).toBe(3);
  });

  test('holds the next request until one is released', () => {
    const state = lane({ concurrency: { start: 1, max: 1 } });
    expect(decide(state, LOAD, 0)).toEqual(START);
    sent(state, LOAD, 0);
    expect(decide(state, LOAD, 0)).toMatchObject({
      kind: 'wait_for_release',
      reason: 'concurrency',
    });
    released(state);
    expect(decide(state, LOAD, 0)).toEqual(START);
  });

  test('grows by each success of a request that was in flight while all places were taken', () => {
    const state = lane();
    const sends = Array.from({ length: 8 }, () => sent(state, LOAD, 0));
    for (const send of sends) answerWell(state, send, 500);
    expect(concurrencyOf(state.window)).toBe(16);
    succeed(state, 1_000);
    expect(concurrencyOf(state.window)).toBe(16);
  });

  test('does not grow by failures', () => {
    const state = lane();
    const sends = Array.from({ length: 8 }, () => sent(state, LOAD, 0));
    const moment = { nowMs: 500, random: () => 0.5 };
    const answer = { failure: failure({ code: 'NOT_FOUND' }), usage: undefined, announced: [] };
    for (const send of sends) answered(state, send, answer, moment);
    expect(concurrencyOf(state.window)).toBe(8);
  });
});

describe('a 429', () => {
  test('pauses the lane for the retry-after and up to a tenth more', () => {
    const state = lane();
    const pause = refuse(state, { parts: { retryAfterMs: 2_000 }, nowMs: 500 });
    expect(pause).toEqual({ pausedUntilMs: 2_600 });
    expect(decide(state, LOAD, 2_599)).toMatchObject({
      kind: 'wait',
      untilMs: 2_600,
      reason: 'pause',
    });
    expect(decide(state, LOAD, 2_600)).toEqual(START);
  });

  test('without a retry-after pauses nothing, but what follows is paced', () => {
    const state = lane();
    for (let nowMs = 0; nowMs < 1_000; nowMs += 100) succeed(state, nowMs);
    expect(refuse(state, { nowMs: 1_000 })).toBeUndefined();
    expect(decide(state, LOAD, 1_000)).toMatchObject({
      kind: 'wait',
      untilMs: expect.closeTo(1_100, -1),
      reason: 'rpm',
    });
  });

  test('three times in a row lets one request at a time find out when it is over', () => {
    const state = lane();
    const [first, second, third] = [0, 10_000, 20_000].map((nowMs) => refuse(state, { nowMs }));
    expect([first, second, third]).toEqual([undefined, undefined, { pausedUntilMs: 20_262.5 }]);
    const probe = sent(state, LOAD, 30_000);
    expect(decide(state, LOAD, 30_100)).toMatchObject({
      kind: 'wait',
      untilMs: 32_000,
      reason: 'pause',
    });
    answerWell(state, probe, 31_000);
    expect(decide(state, LOAD, 31_000)).toEqual(START);
  });

  test.each([
    ['', {}],
    [
      ', whatever it announces',
      { 'x-ratelimit-limit-requests': '15', 'x-ratelimit-remaining-requests': '0' },
    ],
  ])('again and again after the wait that the server asks for makes it longer%s', (_, headers) => {
    const state = lane();
    const pausesMs: number[] = [];
    for (let nowMs = 0; pausesMs.length < 10;) {
      const paused = refuseLater(
        state,
        nowMs,
      )({
        parts: { retryAfterMs: 2_000 },
        nowMs,
        headers,
      });
      if (!paused) break;
      pausesMs.push(Math.round(paused.pausedUntilMs - nowMs));
      nowMs = paused.pausedUntilMs;
    }
    expect(pausesMs.slice(0, 2)).toEqual([2_100, 2_100]);
    expect(pausesMs).toEqual(pausesMs.toSorted((one, other) => one - other));
    expect(pausesMs.at(-1)).toBeGreaterThan(15_000);
  });

  test('three times in a row lets no more find out at once than are declared, however long it takes', () => {
    const state = lane({ concurrency: { start: 1, max: 1 } });
    for (const nowMs of [0, 10_000, 20_000]) refuse(state, { nowMs });
    const probe = sent(state, LOAD, 30_000);
    expect(decide(state, LOAD, 33_000)).toMatchObject({
      kind: 'wait_for_release',
      reason: 'concurrency',
    });
    answerWell(state, probe, 33_086);
    expect(decide(state, LOAD, 33_086)).toEqual(START);
  });

  test('is one episode with the rest of its burst', () => {
    const state = lane();
    const burst = [1, 2, 3, 4].map(() => refuseLater(state, 0));
    const told = burst.map((refused, index) =>
      refused({ parts: { retryAfterMs: 1_000 }, nowMs: index }),
    );
    expect(told).toEqual([{ pausedUntilMs: 1_050 }, undefined, undefined, undefined]);
    expect(state.pausedUntilMs).toBe(1_050);
  });

  test('of the same burst that asks for longer is heard, and told if it is much longer', () => {
    const state = lane();
    const [first, second, third] = [1, 2, 3].map(() => refuseLater(state, 0));
    first?.({ parts: { retryAfterMs: 1_000 }, nowMs: 0 });
    expect(second?.({ parts: { retryAfterMs: 1_700 }, nowMs: 10 })).toBeUndefined();
    expect(state.pausedUntilMs).toBe(1_710);
    expect(third?.({ parts: { retryAfterMs: 9_000 }, nowMs: 20 })).toEqual({
      pausedUntilMs: 9_020,
    });
  });

  test('keeps what it reserved: the server may count what it refused', () => {
    const state = lane({ itpm: 15 });
    refuse(state, { parts: { retryAfterMs: 1 }, nowMs: 0 });
    expect(decide(state, LOAD, 10)).toMatchObject({
      kind: 'wait',
      untilMs: 60_500,
      reason: 'itpm',
    });
  });
});

describe('an answer', () => {
  test('that concerns its task alone pauses nothing', () => {
    const state = lane();
    expect(
      refuse(state, { parts: { reach: 'task', retryAfterMs: 9_000 }, nowMs: 0 }),
    ).toBeUndefined();
    expect(decide(state, LOAD, 0)).toEqual(START);
  });

  test('settles the limits, cache reads included unless the provider leaves them out', () => {
    const used = usage({ inputTokens: 5, cacheWriteTokens: 5, cacheReadTokens: 80 });
    const roomAfter = (countsCacheReads: boolean) => {
      const state = createLaneState({ itpm: 90 }, { countsCacheReads, countsMaxTokens: false });
      const send = sent(state, { inputTokens: 90, outputTokens: 1 }, 0);
      const answer = { failure: undefined, usage: used, announced: [] };
      answered(state, send, answer, { nowMs: 1, random: () => 0 });
      return decide(state, { inputTokens: 80, outputTokens: 1 }, 1).kind;
    };
    expect(roomAfter(true)).toBe('wait');
    expect(roomAfter(false)).toBe('start');
  });
});
