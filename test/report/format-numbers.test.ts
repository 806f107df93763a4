import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatCount,
  formatDuration,
  formatEta,
  formatSeconds,
  formatShare,
} from '../../src/report/format-numbers.ts';
import { formatUsd } from '../../src/money/cost.ts';
import { displayWidth, padEnd, truncateEnd, truncateMiddle } from '../../src/report/text-width.ts';

test.each([
  [0, '0.0s'],
  [449, '0.4s'],
  [2500, '2.5s'],
  [45_300, '45.3s'],
  [59_940, '59.9s'],
  [59_960, '1m'],
  [200_000, '3m 20s'],
  [3_599_700, '1h'],
  [3_900_000, '1h 5m'],
])('a duration of %i ms is shown as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [999, '0s'],
  [45_999, '45s'],
  [65_000, '1m 5s'],
])('a running time of %i ms is shown as %s', (ms, text) => {
  expect(formatSeconds(ms)).toBe(text);
});

test.each([
  [1, '1s'],
  [45_001, '46s'],
  [120_001, '3m'],
  [3_900_000, '1h 5m'],
])('a remaining time of %i ms is shown as %s', (ms, text) => {
  expect(formatEta(ms)).toBe(text);
});

test.each([
  [812, '812'],
  [1000, '1k'],
  [1234, '1.2k'],
  [99_960, '100k'],
  [420_400, '420k'],
  [999_600, '1M'],
  [4_512_345, '4.5M'],
  [2_000_000_000, '2G'],
])('a count of %i is shown as %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [0, '$0.00'],
  [12.345, '$12.35'],
  [0.42, '$0.42'],
  [0.0036, '$0.0036'],
  [0.099, '$0.099'],
  [0.00000123, '$0.0000012'],
])('a cost of %d dollars is shown as %s', (usd, text) => {
  expect(formatUsd(usd)).toBe(text);
});

test.each([
  [0.314, '31%'],
  [0.004, '<1%'],
  [1, '100%'],
])('a share of %d is shown as %s', (share, text) => {
  expect(formatShare(share)).toBe(text);
});

test('a long id keeps both ends', () => {
  expect(truncateMiddle('review@src/some/deep/auth.ts', 17)).toBe('review@s…/auth.ts');
  expect(truncateMiddle('short', 17)).toBe('short');
});

test('wide characters take two columns and are never cut in half', () => {
  expect(displayWidth('漢字')).toBe(4);
  expect(truncateMiddle('漢字漢字漢字', 6)).toBe('漢…字');
  expect(truncateEnd('漢字漢字', 6)).toBe('漢字…');
  expect(padEnd('漢字', 6)).toBe('漢字  ');
});

test('an emoji of several code points is kept or removed as a whole', () => {
  expect(truncateEnd('👩‍👩‍👧abcdef', 3)).toBe('…');
  expect(truncateMiddle('abcdef👩‍👩‍👧', 5)).toBe('abcd…');
});

test('truncated text never exceeds the width', () => {
  const anyId = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(anyId, fc.nat({ max: 60 }), (id, width) => {
      expect(displayWidth(truncateMiddle(id, width))).toBeLessThanOrEqual(width);
      expect(displayWidth(truncateEnd(id, width))).toBeLessThanOrEqual(width);
      if (displayWidth(id) <= width) expect(truncateMiddle(id, width)).toBe(id);
    }),
    { numRuns: 500 },
  );
});
