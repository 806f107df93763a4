import { describe, expect, test } from 'vitest';
import type { Load } from '../../src/pace/tokens-per-limit.ts';
import { createPace, type Pace } from '../../src/pace/pace.ts';
import type { Sent } from '../../src/pace/recent-sends.ts';
import type { ResponseHeaders } from '../../src/providers/provider.ts';
import { announcedLimits } from '../../src/providers/rate-limit-headers.ts';
import {
  answered as answeredWith,
  createWorld,
  failed,
  failure,
  REFUSED,
  requestOf,
  task,
  usage,
} from '../schedule/world.ts';

const FREE = { kind: 'free' };
const POLICY = { countsCacheReads: true, countsMaxTokens: false };
const laneWithoutLimits = (): Pace => createPace({ limits: {}, policy: POLICY, nowMs: 0 });

function tokens(inputTokens: number): Load {
  return { inputTokens, outputTokens: 0 };
}

function tokensLeft(limit: number, remaining: number): ResponseHeaders {
  return {
    'x-ratelimit-limit-tokens': String(limit),
    'x-ratelimit-remaining-tokens': String(remaining),
  };
}

function requestsLeft(remaining: number, reset: string): ResponseHeaders {
  return {
    'x-ratelimit-limit-requests': '20',
    'x-ratelimit-remaining-requests': String(remaining),
    'x-ratelimit-reset-requests': reset,
  };
}

function answer(pace: Pace, sent: Sent, nowMs: number, headers: ResponseHeaders): void {
  pace.released();
  const told = {
    failure: undefined,
    usage: usage({ inputTokens: sent.load.inputTokens }),
    announced: announcedLimits(headers, 0),
  };
  pace.answered(sent, told, { nowMs, random: () => 0.5 });
}

describe('a limit that is announced for the first time', () => {
  test('is charged for requests in flight, each by its own size', () => {
    const pace = laneWithoutLimits();
    const heavy = pace.sent(tokens(7_000), 0);
    const light = Array.from({ length: 7 }, () => pace.sent(tokens(10), 0));
    answer(pace, heavy, 100, tokensLeft(30_000, 23_000));
    expect(pace.state.announced[0]?.level).toBe(23_000 - 7 * 10);
    expect(pace.room(tokens(10), 100)).toEqual(FREE);
    for (const send of light) answer(pace, send, 200, tokensLeft(30_000, 22_930));
    expect(pace.state.announced[0]?.reserved).toBe(0);
  });

  test('is believed to cover a longer span only if several answers in a row imply it', () => {
    const pace = laneWithoutLimits();
    const once = (nowMs: number, reset: string): void =>
      answer(pace, pace.sent(tokens(1), nowMs), nowMs + 10, requestsLeft(15, reset));
    once(0, '15s');
    once(100, '30h0m0s');
    once(200, '16s');
    expect(pace.state.announced[0]?.spanMs).toBe(60_000);
    for (const nowMs of [300, 400, 500]) once(nowMs, '3h0m0s');
    expect(pace.state.announced[0]?.spanMs).toBe(86_400_000);
  });

  test('is checked once a minute if its span is only a guess and nothing is in flight', () => {
    const pace = laneWithoutLimits();
    answer(pace, pace.sent(tokens(1), 0), 10, requestsLeft(0, '30h0m0s'));
    expect(pace.room(tokens(1), 20)).toMatchObject({ kind: 'wait', untilMs: 60_000 });
    expect(pace.room(tokens(1), 60_000)).toEqual(FREE);
  });
});

test('a refused request that is larger than an announced limit fails, and delays no other request', async () => {
  const world = createWorld();
  const announced = announcedLimits(tokensLeft(2_000, 2_000), 0);
  const provider = world.provider(({ prompt }) =>
    prompt === 't2' ? { ...failed(REFUSED), announced } : { ...answeredWith(), announced },
  );
  await world.run(
    [world.lane({ tasks: 5, provider, limits: { concurrency: { start: 1, max: 1 } } })],
    {
      estimateInput: ({ prompt }) => (prompt === 't2' ? 2_500 : 10),
    },
  );
  const ends = world.outcomes.map(({ task: { id }, result }) => [id, result.status]);
  expect(Object.fromEntries(ends)).toMatchObject({
    t1: 'succeeded',
    t2: 'failed',
    t5: 'succeeded',
  });
  const large = world.outcomes.find(({ task: { id } }) => id === 't2');
  expect(large?.result).toMatchObject({
    failure: {
      code: 'TOO_LARGE',
      message:
        "the request needs about 2500 input tokens, more than the provider's whole announced limit of 2000, and was refused",
    },
  });
  expect(world.calls.filter(({ prompt }) => prompt === 't2')).toHaveLength(1);
});

test('a limit that announces only `remaining` is a rate limit', () => {
  const pace = laneWithoutLimits();
  const sends = Array.from({ length: 4 }, () => pace.sent(tokens(1), 0));
  const [first] = sends;
  if (!first) throw new Error('nothing was sent');
  const announced = announcedLimits({ 'x-ratelimit-remaining-requests': '0' }, 0);
  pace.answered(
    first,
    { failure: failure(REFUSED), usage: undefined, announced },
    { nowMs: 10, random: () => 0.5 },
  );
  expect(pace.state.concurrency.ceiling).toBeUndefined();
  expect(pace.state.found).toBeDefined();
});

test('tokens that are expected to be read from a cache are not reserved if they do not count', async () => {
  const context = 'x'.repeat(40_000);
  const world = createWorld();
  const provider = world.provider(({ attempt, prompt }) =>
    answeredWith(
      prompt === 't1' && attempt === 1
        ? { inputTokens: 10, cacheWriteTokens: 10_000 }
        : { inputTokens: 10, cacheReadTokens: 10_000 },
    ),
  );
  const lane = world.lane({
    tasks: Array.from({ length: 60 }, (_, n) => task(`t${n + 1}`)),
    provider,
    limits: { itpm: 50_000, concurrency: { start: 1, max: 1 } },
    countsCacheReads: false,
    render: async (which) => ({ ok: true, request: { ...requestOf(which), context } }),
  });
  await world.run([lane]);
  expect(world.outcomes).toHaveLength(60);
  expect(world.clock.now()).toBeLessThan(10_000);
});
