import { expect, it } from 'vitest';
import { billOf } from '../../src/money/bill.ts';
import { shippedPrices } from '../../src/money/price-age.ts';
import { NO_USAGE } from '../../src/providers/usage-fields.ts';

const USAGE = { ...NO_USAGE, inputTokens: 1_000_000 };
const price = shippedPrices().get('openai/gpt-6.1-sol');

it('prices a request by the service in its parameters', () => {
  const standard = billOf({ ...USAGE, inputTokens: 1000 }, {}, { price });
  const flex = billOf(
    { ...USAGE, inputTokens: 1000 },
    { params: { service_tier: 'flex' } },
    { price },
  );
  expect([standard.costUsd, flex.costUsd]).toEqual([0.002, 0.001]);
});

it('has no price for an unknown service', () => {
  const bill = billOf(USAGE, { params: { service_tier: 'platinum' } }, { price });
  expect(bill).toEqual({ costUsd: null, cacheSavedUsd: null, budgetUsd: null });
});
