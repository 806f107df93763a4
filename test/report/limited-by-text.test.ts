import { expect, test } from 'vitest';
import { boundSentence, boundShort, boundText } from '../../src/report/limited-by-text.ts';
import type { Bound, LimitInForce } from '../../src/outcome/lane-bound.ts';

const MINUTE_MS = 60_000;

function bound(reason: Bound['reason'], share: number, limit?: LimitInForce): Bound {
  return { reason, share, limit };
}

test.each<readonly [Bound, string]>([
  [
    bound('otpm', 0.62, { amount: 8_000, spanMs: MINUTE_MS, source: 'declared' }),
    '`otpm: 8k` on a/m (62% of the run): 22k per minute would be enough',
  ],
  [
    bound('rpm', 0.5, { amount: 2, spanMs: 1_000, source: 'declared' }),
    '`rps: 2` on a/m (50% of the run): 4 per second would be enough',
  ],
  [
    bound('rpm', 0.99, { amount: 1_000, spanMs: 86_400_000, source: 'declared' }),
    '`rpd: 1k` on a/m (99% of the run): it would take at least 10k per day',
  ],
  [
    bound('rpm', 0.6, { amount: 0.04, spanMs: 1_000, source: 'declared' }),
    '`rps: 0.04` on a/m (60% of the run): 0.1 per second would be enough',
  ],
  [
    bound('rpm', 0.99, { amount: 0.0416, spanMs: 1_000, source: 'declared' }),
    '`rps: 0.042` on a/m (99% of the run): it would take at least 0.42 per second',
  ],
  [
    bound('itpm', 0.2, { amount: 50_000, spanMs: MINUTE_MS, source: 'announced' }),
    "the provider's 50k input tokens per minute on a/m (20% of the run): 63k per minute would be enough",
  ],
  [
    bound('rpm', 0.75, { amount: 0.5, spanMs: MINUTE_MS, source: 'met' }),
    'about 0.5 requests per minute, which the provider allows but does not announce, on a/m (75% of the run): 2 per minute would be enough',
  ],
  [
    bound('concurrency', 0.98, { amount: 8, spanMs: undefined, source: 'declared' }),
    '`concurrency: 8` on a/m (98% of the run): 16 would take about half the time, if the provider allows it',
  ],
  [
    bound('concurrency', 0.98, { amount: 64, spanMs: undefined, source: 'run' }),
    '`-j 64` on a/m (98% of the run): 128 would take about half the time, if this machine keeps up',
  ],
  [
    {
      ...bound('concurrency', 0.98, { amount: 64, spanMs: undefined, source: 'run' }),
      keepingShare: 0.7,
    },
    "writing results on a/m (98% of the run): it took 70% of the slots' time, so the disk, the reader of the results or this machine is too slow; more concurrency would hardly help",
  ],
  [
    bound('concurrency', 0.9, { amount: 30, spanMs: undefined, source: 'growing' }),
    'growing concurrency on a/m (90% of the run): start with `concurrency: 30`, which it reached',
  ],
  [
    bound('concurrency', 0.9, { amount: 40, spanMs: undefined, source: 'met' }),
    'about 40 concurrent requests on a/m (90% of the run): the provider does not accept more',
  ],
  [
    bound('rpm', 0.4),
    'requests on a/m (40% of the run): the provider refused some and does not name a limit, so the rate was lowered to find it; declare `rpm` if you know it',
  ],
  [
    { ...bound('pause', 0.4), pausedBy: 'overloaded' },
    'pauses on a/m (40% of the run) because the provider was overloaded (503 or 529): try again at another time, or add a second model in `model: […]`',
  ],
  [
    { ...bound('pause', 0.4), pausedBy: 'rate_limited' },
    '429 pauses on a/m (40% of the run): others may use the same key; declare lower `limits` to be refused less often',
  ],
  [
    bound('needs', 0.4),
    'waiting for needed tasks on a/m (40% of the run): there is no limit to raise; fewer steps in a row, or `for_each: {needs: …}` where each task needs one result, would be faster',
  ],
])('one sentence names the bottleneck and what would be enough', (which, sentence) => {
  expect(boundSentence('a/m', which)).toBe(sentence);
});

test.each<readonly [Bound, string]>([
  [bound('otpm', 0.6, { amount: 8_000, spanMs: MINUTE_MS, source: 'declared' }), 'otpm 8k/min'],
  [bound('rpm', 0.6, { amount: 5, spanMs: 1_000, source: 'declared' }), 'rps 5/s'],
  [bound('tpm', 0.6, { amount: 500_000, spanMs: 86_400_000, source: 'announced' }), 'tpd 500k/day'],
  [bound('rpm', 0.6, { amount: 10, spanMs: 2_000, source: 'announced' }), 'rpm 10/2s'],
  [bound('rpm', 0.6), 'an unknown rpm'],
  [bound('concurrency', 0.6, { amount: 8, spanMs: undefined, source: 'met' }), 'concurrency 8'],
  [bound('concurrency', 0.6, { amount: 64, spanMs: undefined, source: 'run' }), '-j 64'],
  [
    {
      ...bound('concurrency', 0.6, { amount: 8, spanMs: undefined, source: 'met' }),
      keepingShare: 0.5,
    },
    'keeping results',
  ],
  [{ ...bound('pause', 0.6), pausedBy: 'overloaded' }, 'overload pauses'],
  [bound('needs', 0.6), 'needed tasks'],
])('the short form of a bottleneck is its name and number', (which, text) => {
  expect(boundShort(which)).toBe(text);
});

test('a current limit is distinguished from waiting for other tasks', () => {
  const limit = { amount: 8_000, spanMs: MINUTE_MS, source: 'declared' } as const;
  expect(boundText(bound('otpm', 0.62, limit))).toBe('limited by otpm 8k/min');
  expect(boundText(bound('needs', 0.4))).toBe('waiting for needed tasks');
});
