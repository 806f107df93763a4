import { expect, test } from 'vitest';
import type { AttemptFailure } from '../../src/providers/provider.ts';
import { createFirstEnds } from '../../src/providers/failures-that-stop-lanes.ts';
import { failure } from '../schedule/world.ts';

/** `BAD_REQUEST store` is a failure that names the parameter `store`; `-` is a success. */
function agreeAfter(ends: readonly string[], needed = 3): readonly boolean[] {
  const first = createFirstEnds();
  return ends.map((end) => {
    const [code = '', parameter] = end.split(' ');
    if (code === '-') return first.areAlike(undefined, needed);
    const met = { ...failure(), code, ...(parameter === undefined ? {} : { parameter }) };
    return first.areAlike(isFailure(met) ? met : undefined, needed);
  });
}

function isFailure(met: { readonly code: string }): met is AttemptFailure {
  return /^[A-Z_]+$/u.test(met.code);
}

test.each(['FORBIDDEN', 'NOT_FOUND', 'NETWORK', 'BAD_RESPONSE', 'BAD_REQUEST store'])(
  'the failure %s stops the lane if it comes three times at the start',
  (end) => {
    expect(agreeAfter([end, end, end])).toEqual([false, false, true]);
  },
);

test.each([
  'BAD_REQUEST',
  'CONTEXT_TOO_LONG',
  'TOO_LARGE',
  'REFUSED',
  'CONTENT_FILTERED',
  'TRUNCATED',
  'SCHEMA_MISMATCH',
  'TEMPLATE',
  'TIMEOUT',
  'SERVER_ERROR',
  'EMPTY_OUTPUT',
])('the end %s never stops the lane, however often it comes', (end) => {
  expect(agreeAfter([end, end, end, end])).not.toContain(true);
});

test.each([
  ['a success before the failures', ['-', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']],
  ['a success between failures', ['FORBIDDEN', '-', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']],
  ['another code', ['FORBIDDEN', 'NOT_FOUND', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']],
  [
    'another parameter',
    ['BAD_REQUEST store', 'BAD_REQUEST user', 'BAD_REQUEST store', 'BAD_REQUEST store'],
  ],
  ['a failure of one task', ['REFUSED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']],
])('the lane continues after %s: each failure concerns only its own task', (_name, ends) => {
  expect(agreeAfter(ends)).not.toContain(true);
});

test('if fewer than three may run at once, that many failures are enough', () => {
  expect(agreeAfter(['FORBIDDEN'], 1)).toEqual([true]);
  expect(agreeAfter(['FORBIDDEN', 'FORBIDDEN'], 2)).toEqual([false, true]);
});
