import { expect, test } from 'vitest';
import { drive } from '../pacing/drive.ts';
import { SERVER, type ServerOptions } from '../pacing/virtual-server.ts';
import type { Limits } from '../../src/manifest/manifest.ts';
import { slotsOf } from '../../src/pace/concurrency.ts';
import {
  isNothing,
  learnedFrom,
  learnedStart,
  type Learned,
} from '../../src/outcome/learned-limits.ts';
import { createPace } from '../../src/pace/pace.ts';
import type { ResponseHeaders } from '../../src/providers/provider.ts';
import { announcedLimits } from '../../src/providers/rate-limit-headers.ts';

const POLICY = { countsCacheReads: true, countsMaxTokens: false };
const HUNDRED_A_SECOND = { requests: { perMinute: 6_000, holdsS: 1 } };
const A_MINUTE = { requests: { perMinute: 6_000, holdsS: 60 } };

/**
 * Half a minute against a strict server. In a pair, the second run starts with what the first one
 * learned.
 */
function driven(server: Partial<ServerOptions>, learned?: Learned) {
  const options = { server: { ...SERVER, ...server }, seed: 1, durationMs: 30_000, learned };
  const { paces, server: seen } = drive(options);
  const [pace] = paces;
  if (!pace) throw new Error('there is no lane');
  return { learned: learnedFrom(pace.state), admitted: seen.admitted, refused: seen.refused };
}

const learnedAt = (server: Partial<ServerOptions>): Learned => driven(server).learned;

test('a lane that has not reached a limit has not learned any', () => {
  const learned = learnedFrom(createPace({ limits: { rpm: 5 }, policy: POLICY, nowMs: 0 }).state);
  expect(learned).toEqual({ announced: {}, found: {} });
  expect(isNothing(learned)).toBe(true);
});

test('a lane learns an unannounced rate, an unannounced concurrency, and what is announced', () => {
  const { rpm = 0 } = learnedAt({ buckets: HUNDRED_A_SECOND }).found;
  expect(rpm / 6_000).toBeCloseTo(1, 1);
  const { taken = 0, refused = 0 } = learnedAt({ concurrency: 40 }).found.concurrency ?? {};
  expect(taken).toBeCloseTo(40, -1);
  expect(refused).toBeCloseTo(41, -1);
  expect(learnedAt({ buckets: HUNDRED_A_SECOND, headers: 'anthropic' }).announced).toEqual({
    rpm: 6_000,
  });
});

/** What a lane learned from the answer to its first request. */
function announcedAfter(headers: ResponseHeaders) {
  const pace = createPace({ limits: {}, policy: POLICY, nowMs: 0 });
  const sent = pace.sent({ inputTokens: 1, outputTokens: 1, maxOutputTokens: undefined }, 0);
  const announced = announcedLimits(headers, 0);
  pace.answered(
    sent,
    { failure: undefined, usage: undefined, announced },
    { nowMs: 500, random: () => 0 },
  );
  return learnedFrom(pace.state).announced;
}

test.each<[string, string, Learned['announced']]>([
  ['requests', '6s', { requests: 14_400 }],
  ['requests', '2m59.56s', { requests: 14_400 }],
  ['requests', '3h20m', { rpd: 14_400 }],
  ['tokens', '60s', { tokens: 14_400 }],
  ['requests-day', '6s', { rpd: 14_400 }],
  ['tokens-minute', '6s', { tpm: 14_400 }],
])(
  'an announced limit has a known span only if its name or its reset shows it: `%s` with a reset of %s',
  (name, reset, announced) => {
    const headers = {
      [`x-ratelimit-limit-${name}`]: '14400',
      [`x-ratelimit-remaining-${name}`]: '14399',
      [`x-ratelimit-reset-${name}`]: reset,
    };
    expect(announcedAfter(headers)).toEqual(announced);
  },
);

test.each<[string, Learned, number]>([
  [
    'at half of the concurrency that was accepted',
    { announced: {}, found: { concurrency: { taken: 200 } } },
    100,
  ],
  [
    'at a second’s worth of the announced rate',
    { announced: { rpm: 1_200 }, found: { concurrency: { taken: 200, refused: 210 } } },
    20,
  ],
  [
    'at a second’s worth of an announced limit with an unknown span, as if it were per minute',
    { announced: { requests: 1_200 }, found: { concurrency: { taken: 200, refused: 210 } } },
    20,
  ],
  [
    'at a second’s worth of the rate that was found',
    { announced: { rpm: 60_000 }, found: { concurrency: { taken: 200 }, rpm: 3_000 } },
    50,
  ],
  [
    'no lower than without it',
    { announced: { rpm: 50 }, found: { concurrency: { taken: 30 } } },
    8,
  ],
  [
    'lower than that only if that many were refused',
    { announced: {}, found: { concurrency: { taken: 3, refused: 4 } } },
    3,
  ],
  ['as usual if no concurrency was found', { announced: { rpm: 9_000 }, found: {} }, 8],
])('a lane starts with what was learned: %s', (_, learned, concurrency) => {
  const slotsWith = (limits: Limits): number =>
    slotsOf(
      createPace({ limits, policy: POLICY, start: learned && learnedStart(learned), nowMs: 0 })
        .state.concurrency,
    );
  expect(slotsWith({})).toBe(concurrency);
  expect(slotsWith({ concurrency: { start: 2, max: 10 } })).toBe(2);
});

test.each<[string, Partial<ServerOptions>]>([
  ['a concurrency limit', { concurrency: 40 }],
  ['a rate', { buckets: HUNDRED_A_SECOND }],
  ['an announced rate', { buckets: HUNDRED_A_SECOND, headers: 'openai' }],
  ['an announced rate with room for a minute', { buckets: A_MINUTE, headers: 'openai' }],
])(
  'a lane that starts with what was learned about %s gets more done without more refusals',
  (_, server) => {
    const first = driven(server);
    const second = driven(server, first.learned);
    const early = ({ admitted }: typeof first): number =>
      admitted.filter((at) => at < 5_000).length;
    expect(early(second)).toBeGreaterThanOrEqual(early(first));
    expect(second.refused.length).toBeLessThanOrEqual(first.refused.length + 5);
  },
);

test.each([
  ['by half', 100],
  ['to a fifth', 40],
])(
  'a limit that has since fallen %s costs one burst of refusals, and is then found as usual',
  (_, now) => {
    const { learned } = driven({ concurrency: 200 });
    const fresh = driven({ concurrency: now });
    const misled = driven({ concurrency: now }, learned);
    expect(misled.admitted.length).toBeGreaterThan(0.8 * fresh.admitted.length);
    expect(misled.refused.length).toBeLessThan(fresh.refused.length + 200);
  },
);

test('the slowest rate that is accepted from a file delays a lane by seconds, not minutes', () => {
  const free = driven({}, { announced: {}, found: { rpm: 6 } });
  expect(free.admitted.filter((at) => at < 15_000).length).toBeGreaterThan(20);
  expect(free.learned.found.rpm).toBeUndefined();
});

test('a learned rate that is no longer reached is dropped within seconds, and `outran` is reported', () => {
  const free = driven({}, { announced: {}, found: { rpm: 60 } });
  expect(free.refused).toEqual([]);
  expect(free.admitted.length).toBeGreaterThan(10 * 30);
  expect(free.learned.found.rpm).toBeUndefined();
  expect(free.learned.found.outran).toBeGreaterThan(10 * 60);
});
