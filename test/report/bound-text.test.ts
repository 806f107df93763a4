import { expect, test } from 'vitest';
import { boundCounter, boundSentence, boundShort } from '../../src/report/bound-text.ts';
import type { Bound, LimitInForce } from '../../src/schedule/events.ts';

const MINUTE_MS = 60_000;

function bound(reason: Bound['reason'], share: number, limit?: LimitInForce): Bound {
  return { reason, share, limit };
}

test.each<readonly [Bound, string]>([
  [
    bound('otpm', 0.62, { amount: 8_000, spanMs: MINUTE_MS, source: 'declared' }),
    'for 62% of the run a/m could send nothing, waiting for output tokens: `otpm` is declared as 8k a minute; 22k a minute would be enough',
  ],
  [
    bound('rpm', 0.5, { amount: 2, spanMs: 1_000, source: 'declared' }),
    'for 50% of the run a/m could send nothing, waiting for requests: `rps` is declared as 2 a second; 4 a second would be enough',
  ],
  [
    bound('rpm', 0.99, { amount: 1_000, spanMs: 86_400_000, source: 'declared' }),
    'for 99% of the run a/m could send nothing, waiting for requests: `rpd` is declared as 1k a day; it would take at least 10k a day',
  ],
  [
    bound('rpm', 0.6, { amount: 0.04, spanMs: 1_000, source: 'declared' }),
    'for 60% of the run a/m could send nothing, waiting for requests: `rps` is declared as 0.04 a second; 0.1 a second would be enough',
  ],
  [
    bound('rpm', 0.99, { amount: 0.0416, spanMs: 1_000, source: 'declared' }),
    'for 99% of the run a/m could send nothing, waiting for requests: `rps` is declared as 0.042 a second; it would take at least 0.42 a second',
  ],
  [
    bound('itpm', 0.2, { amount: 50_000, spanMs: MINUTE_MS, source: 'announced' }),
    'for 20% of the run a/m could send nothing, waiting for input tokens: the provider allows 50k a minute; 63k a minute would be enough',
  ],
  [
    bound('rpm', 0.75, { amount: 0.5, spanMs: MINUTE_MS, source: 'met' }),
    'for 75% of the run a/m could send nothing, waiting for requests: the provider takes about 0.5 a minute, though it does not say so; 2 a minute would be enough',
  ],
  [
    bound('concurrency', 0.98, { amount: 8, spanMs: undefined, source: 'declared' }),
    'for 98% of the run a/m could send nothing, waiting for a free slot: `concurrency` is 8; 16 would take about half the time, if the provider takes as many',
  ],
  [
    bound('concurrency', 0.98, { amount: 64, spanMs: undefined, source: 'run' }),
    "for 98% of the run a/m could send nothing, waiting for a free slot: the run's `max_concurrent` (`-j`) is 64; 128 would take about half the time, if this machine keeps up",
  ],
  [
    {
      ...bound('concurrency', 0.98, { amount: 64, spanMs: undefined, source: 'run' }),
      keepingShare: 0.7,
    },
    'for 98% of the run a/m could send nothing, waiting for a free slot: slots were held to keep results for 70% of their time, so the disk, the reader of the results or this machine is too slow, and more at once would hardly help',
  ],
  [
    bound('concurrency', 0.9, { amount: 30, spanMs: undefined, source: 'growing' }),
    'for 90% of the run a/m could send nothing, waiting for more at once, while finding out how many: `concurrency: 30` begins where it got to',
  ],
  [
    bound('concurrency', 0.9, { amount: 40, spanMs: undefined, source: 'met' }),
    'for 90% of the run a/m could send nothing, waiting for a free slot: the provider takes about 40 at once',
  ],
  [
    bound('rpm', 0.4),
    'for 40% of the run a/m could send nothing, waiting for requests: the provider refused some and names no limit, so fewer went out to find one; declare `rpm` if you know it',
  ],
  [
    { ...bound('pause', 0.4), pausedBy: 'overloaded' },
    'for 40% of the run a/m could send nothing, waiting in pauses as the provider was overloaded (503 or 529): no limit of yours to change; another time, or a further model in `model: […]`, may do better',
  ],
  [
    { ...bound('pause', 0.4), pausedBy: 'rate_limited' },
    'for 40% of the run a/m could send nothing, waiting in pauses that 429s asked for: others may use the same key; declare lower `limits` to be refused less',
  ],
  [
    bound('needs', 0.4),
    'for 40% of the run a/m could send nothing, waiting for tasks that others need, with room for more: no limit to raise; fewer steps in a row, or `for_each: {needs: …}` where each task needs one result, would be faster',
  ],
])('one sentence says what binds and what would be enough', (which, sentence) => {
  expect(boundSentence('a/m', which)).toBe(sentence);
});

test.each<readonly [Bound, string]>([
  [bound('otpm', 0.6, { amount: 8_000, spanMs: MINUTE_MS, source: 'declared' }), 'otpm 8k/min'],
  [bound('rpm', 0.6, { amount: 5, spanMs: 1_000, source: 'declared' }), 'rps 5/s'],
  [bound('tpm', 0.6, { amount: 500_000, spanMs: 86_400_000, source: 'announced' }), 'tpd 500k/day'],
  [bound('rpm', 0.6, { amount: 10, spanMs: 2_000, source: 'announced' }), 'rpm 10/2s'],
  [bound('rpm', 0.6), 'rpm not known'],
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
])('where room is short, what binds is its name and number', (which, text) => {
  expect(boundShort(which)).toBe(text);
});

test('the counter while it happens is short', () => {
  const limit = { amount: 8_000, spanMs: MINUTE_MS, source: 'declared' } as const;
  expect(boundCounter(bound('otpm', 0.62, limit))).toBe(
    '62% waiting for output tokens (8k a minute)',
  );
  expect(boundCounter({ ...bound('pause', 0.4), pausedBy: 'rate_limited' })).toBe(
    '40% waiting in 429 pauses',
  );
  expect(boundCounter({ ...bound('pause', 0.4), pausedBy: 'overloaded' })).toBe(
    '40% waiting in overload pauses',
  );
  expect(boundCounter(bound('needs', 0.4))).toBe('40% waiting for needed tasks');
});
