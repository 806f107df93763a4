import { expect, test } from 'vitest';
import { parseCount, parseDuration } from '../../src/manifest/durations-and-counts.ts';

test.for([
  ['500ms', 500],
  ['90s', 90_000],
  ['2m', 120_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['1m30s250ms', 90_250],
  ['0s', 0],
  ['24d', 2_073_600_000],
] as const)('%s is %i ms', ([text, value]) => {
  expect(parseDuration(text)).toEqual({ ok: true, value });
});

test.for(['', '90', '1.5', 's', '-1s', '1 s', '1s1m', '1e3s', '٣s', 'Infinitys', '1s '])(
  '%j is not a duration',
  (text) => {
    expect(parseDuration(text)).toMatchObject({
      ok: false,
      message: `\`${text}\` is not a duration`,
    });
  },
);

test('a number alone needs a unit', () => {
  expect(parseDuration('90')).toMatchObject({
    hint: 'add a unit: `90s`, `90m`, `90h`',
  });
});

test('a duration that is too long for timers is refused', () => {
  expect(parseDuration('25d')).toEqual({
    ok: false,
    message: '`25d` is too long',
    hint: 'the longest duration is `24d`',
  });
});

test.for([
  ['800', 800],
  ['30k', 30_000],
  ['1.5M', 1_500_000],
  ['1.1k', 1100],
  ['30_000', 30_000],
  ['0', 0],
] as const)('%s is %i', ([text, value]) => {
  expect(parseCount(text)).toEqual({ ok: true, value });
});

test.for([
  '',
  '1.5',
  '-1',
  '1e3',
  '0x10',
  'k',
  '1kk',
  '1.0001k',
  '99999999999999999',
  '1 k',
  'NaN',
])('%j is not a count', (text) => {
  expect(parseCount(text)).toMatchObject({ ok: false, message: `\`${text}\` is not a count` });
});
