import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryAfterMs } from '../../src/providers/retry-after.ts';

const NOW = Date.parse('Sun, 22 Nov 2026 12:00:00 GMT');

test.each([
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': ' 2 ' }, 2000],
  [{ 'retry-after': '0.25' }, 250],
  [{ 'retry-after': '3600' }, 3_600_000],
  [{ 'retry-after-ms': '1500', 'retry-after': '2' }, 1500],
  [{ 'retry-after-ms': 'soon', 'retry-after': '2' }, 2000],
  [{ 'retry-after': '999999999' }, 2 ** 31 - 1],
  [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:04 GMT' }, 5000],
  // The server's clock is an hour ahead, which its own `date` header shows.
  [{ 'retry-after': 'Sun, 22 Nov 2026 13:00:04 GMT', date: 'Sun, 22 Nov 2026 13:00:00 GMT' }, 5000],
  [{ 'retry-after': 'Sun, 22 Nov 2026 14:00:04 GMT' }, undefined],
  [{ 'retry-after': 'Sun, 22 Nov 2026 11:59:00 GMT' }, undefined],
  [{ 'retry-after': '2026-11-22T12:00:04Z' }, 5000],
  [{ 'retry-after': '2026-11-22T13:00:04+01:00' }, 5000],
  [{ 'retry-after': '4.2s' }, 4200],
  [{ 'retry-after': '0m4.2s' }, 4200],
  [{ 'retry-after': '1m30s' }, 90_000],
  [{ 'retry-after': '1h2m3s' }, 3_723_000],
  [{ 'retry-after': '1d' }, 86_400_000],
  [{ 'retry-after': '850µs' }, 1],
  [{ 'retry-after': '4200ms' }, 4200],
  [{ 'retry-after': '5 seconds' }, 5000],
  [{ 'retry-after': '1 minute' }, 60_000],
  // Points in time are in whole seconds. One second is added so that they have certainly passed.
  [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:00 GMT' }, 1000],
  // Times since 1970, in seconds and in milliseconds.
  [{ 'retry-after': String(NOW / 1000 + 4) }, 5000],
  [{ 'retry-after': String(NOW + 4000) }, 5000],
  [{ 'retry-after': String(NOW / 1000 - 4) }, undefined],
  [{ 'retry-after': '99999999999' }, undefined],
  [{ 'retry-after': '0' }, undefined],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': '1e300' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': 'NaN' }, undefined],
  [{ 'retry-after': 's' }, undefined],
  [{ 'retry-after': '6m0' }, undefined],
  [{ 'retry-after': '1s2m' }, undefined],
  [{ 'retry-after': '2024-01-27' }, undefined],
  [{ 'retry-after': '2026-13-01T00:00:00Z' }, undefined],
  [{ 'retry-after': '0x10' }, undefined],
  [{ 'retry-after': '' }, undefined],
  [{ 'retry-after': '2, 3' }, undefined],
  [{}, undefined],
])('%o asks for %s ms', (headers, expected) => {
  expect(retryAfterMs(headers, NOW)).toBe(expected);
});

test("whatever a server sends, the wait is absent or within a timer's range", () => {
  const value = fc.oneof(
    fc.string(),
    fc.double().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  fc.assert(
    fc.property(value, value, value, (seconds, ms, date) => {
      const wait = retryAfterMs({ 'retry-after': seconds, 'retry-after-ms': ms, date }, NOW);
      return wait === undefined || (Number.isInteger(wait) && wait > 0 && wait <= 2 ** 31 - 1);
    }),
  );
});
