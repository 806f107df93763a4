import { describe, expect, it } from 'vitest';
import { priceAgeDays, stalePricesWarning } from '../../src/money/price-age.ts';

describe('the age of the prices', () => {
  it.each([
    ['2026-11-10T00:00:00Z', 0],
    ['2026-11-10T23:59:59Z', 0],
    ['2026-11-11T00:00:00Z', 1],
    ['2027-01-09T12:00:00Z', 60],
    ['2026-11-09T00:00:00Z', 0],
  ])('at %s is %d days', (now, days) => {
    expect(priceAgeDays('2026-11-10', Date.parse(now))).toBe(days);
  });

  it('is fine for sixty days', () => {
    expect(stalePricesWarning('2026-11-10', Date.parse('2027-01-09T23:59:59Z'))).toBeUndefined();
  });

  it('is reported from day 61', () => {
    expect(stalePricesWarning('2026-11-10', Date.parse('2027-01-10T00:00:00Z'))).toBe(
      'prices are 61 days old (as of 2026-11-10): update Volley, or set current ones with `prices:` or `--prices FILE`',
    );
  });
});
