import { describe, expect, test } from 'vitest';
import { announcedLimits } from '../../src/providers/rate-limit-headers.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const MINUTE_MS = 60_000;

function limits(headers: Record<string, string>) {
  return announcedLimits(headers, NOW);
}

/** The result of reading a reset in this form. */
function resetMs(reset: string, more: Record<string, string> = {}): number | undefined {
  const [announced] = limits({
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-reset-requests': reset,
    ...more,
  });
  return announced?.resetMs;
}

/** Kind, span, limit, remaining, reset and its error. */
function rows(headers: Record<string, string>) {
  return limits(headers).map((each) => [
    each.kind,
    each.spanMs,
    each.limit,
    each.remaining,
    each.resetMs,
    each.resetErrorMs,
  ]);
}

describe('announced limits', () => {
  test('from OpenAI have no time span', () => {
    const headers = {
      'x-ratelimit-limit-requests': '5000',
      'x-ratelimit-limit-tokens': '160000',
      'x-ratelimit-remaining-requests': '4999',
      'x-ratelimit-remaining-tokens': '159976',
      'x-ratelimit-reset-requests': '12ms',
      'x-ratelimit-reset-tokens': '9ms',
    };
    expect(rows(headers)).toEqual([
      ['requests', undefined, 5_000, 4_999, 12, 0],
      ['tokens', undefined, 160_000, 159_976, 9, 0],
    ]);
  });

  test('from Anthropic count input and output separately, per minute', () => {
    const headers = {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': '2026-11-24T12:00:02Z',
      'anthropic-ratelimit-input-tokens-limit': '50000',
      'anthropic-ratelimit-input-tokens-remaining': '48000',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-24T12:00:03Z',
      'anthropic-ratelimit-output-tokens-limit': '10000',
      'anthropic-ratelimit-output-tokens-remaining': '10000',
      'anthropic-ratelimit-output-tokens-reset': '2026-11-24T12:00:00Z',
    };
    expect(rows(headers)).toEqual([
      ['requests', MINUTE_MS, 50, 49, 2_000, 1_000],
      ['input_tokens', MINUTE_MS, 50_000, 48_000, 3_000, 1_000],
      ['output_tokens', MINUTE_MS, 10_000, 10_000, undefined, 1_000],
    ]);
  });

  test('with a time span in their names keep it', () => {
    const headers = {
      'x-ratelimit-limit-requests-day': '1000',
      'x-ratelimit-remaining-requests-day': '999',
      'x-ratelimit-limit-tokens-minute': '6000',
      'x-ratelimit-remaining-tokens-minute': '5000',
      'x-ratelimit-reset-tokens-minute': '36.25',
    };
    expect(rows(headers)).toEqual([
      ['requests', 86_400_000, 1_000, 999, undefined, 0],
      ['tokens', MINUTE_MS, 6_000, 5_000, 36_250, 0],
    ]);
  });

  test.each([
    ['x-ratelimit', String(NOW + 9_500), 9_500],
    ['x-ratelimit', String(NOW / 1_000 + 9), 9_000],
    ['x-ratelimit', undefined, undefined],
    ['ratelimit', '9', 9_000],
  ])('named just `%s-limit` count requests over an unknown time span', (start, reset, expected) => {
    const headers = {
      [`${start}-limit`]: '20',
      [`${start}-remaining`]: '19',
      ...(reset === undefined ? {} : { [`${start}-reset`]: reset }),
    };
    const errorMs = reset === undefined ? 0 : 1_000;
    expect(rows(headers)).toEqual([['requests', undefined, 20, 19, expected, errorMs]]);
  });

  test.each([
    { 'x-ratelimit-limit-requests': '60' },
    { 'x-ratelimit-remaining-requests': '59' },
    { 'x-ratelimit-limit-req-minute': '60' },
    { 'anthropic-ratelimit-requests-limit': '60' },
    // -1 means that there is no such limit.
    { 'x-ratelimit-limit-requests': '-1' },
  ])('of %j take precedence over those that do not say what they count', (announced) => {
    const bare = { 'x-ratelimit-limit': '20', 'ratelimit-limit': '30', 'ratelimit-reset': '9' };
    expect(limits({ ...bare, ...announced })).toEqual(limits(announced));
  });

  test('that do not say what they count are used once, in addition to those for tokens', () => {
    const announced = limits({
      'x-ratelimit-limit': '20',
      'ratelimit-limit': '30',
      'x-ratelimit-limit-tokens': '5000',
    });
    expect(announced.map(({ kind, limit }) => [kind, limit])).toEqual([
      ['tokens', 5_000],
      ['requests', 20],
    ]);
  });

  test.each(['100, 100;w=60', '"default";q=100;w=60', '100;w=60', 'sliding'])(
    'written as a policy, `%s`, are ignored',
    (limit) => {
      expect(limits({ 'ratelimit-limit': limit, ratelimit: limit })).toEqual([]);
    },
  );

  test.each(['0', '-1', '-5'])('of %s are ignored', (limit) => {
    expect(
      limits({ 'x-ratelimit-limit-requests': limit, 'x-ratelimit-remaining-requests': '-1' }),
    ).toEqual([]);
  });

  test.each(['', 'soon', '12 ', '1e3', 'NaN', 'Infinity', '0x10', '1,000', '９', '1'.repeat(16)])(
    'of `%s` are ignored',
    (limit) => {
      expect(limits({ 'x-ratelimit-limit-requests': limit })).toEqual([]);
    },
  );

  test('keep a limit whose remaining value is invalid', () => {
    expect(
      rows({ 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-requests': '-1' }),
    ).toEqual([['requests', undefined, 60, undefined, undefined, 0]]);
  });

  test('are empty if the headers say nothing', () => {
    expect(limits({ 'content-type': 'application/json' })).toEqual([]);
  });
});

describe('a reset', () => {
  // The other forms of a wait are tested with `retry-after`.
  test.each([
    ['59.7s', 59_700],
    ['850µs', 0.85],
    ['2026-11-24T12:00:00.250Z', 250],
    ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
    [String(NOW + 9_500), 9_500],
  ])('`%s` is %d ms', (text, expected) => {
    expect(resetMs(text)).toBeCloseTo(expected, 5);
  });

  test.each(['0', '-1', 'soon', '2026-11-24T11:59:00Z', '400d'])('`%s` is absent', (text) => {
    expect(resetMs(text)).toBeUndefined();
  });

  test("as a date is compared with the server's own clock", () => {
    const date = 'Tue, 24 Nov 2026 11:00:00 GMT';
    expect(resetMs('2026-11-24T11:00:20Z', { date })).toBe(20_000);
    expect(resetMs('2026-11-24T12:00:20Z', { date: 'yesterday' })).toBe(20_000);
  });

  test.each([
    ['7', 1_000],
    ['2026-11-24T12:00:30Z', 1_000],
    [String(NOW / 1_000 + 9), 1_000],
    [String(NOW + 9_500), 1_000],
    ['0.5', 0],
    ['36.25', 0],
    ['1s', 0],
    ['12ms', 0],
  ])('of `%s` may be off by %d ms', (reset, errorMs) => {
    const headers = { 'x-ratelimit-limit-requests': '60', 'x-ratelimit-reset-requests': reset };
    expect(limits(headers)).toMatchObject([{ resetErrorMs: errorMs }]);
  });
});
