import { factorOf, type Rates } from '../manifest/price.ts';
import { batchService } from '../money/bill.ts';
import { roundUsd } from '../money/cost.ts';
import type { FoundPrice } from '../money/find-price.ts';
import type { PreparedRun } from '../run/prepare.ts';
import type { LaneForecast } from './lane-forecast.ts';
import type { PlannedModes } from './plan-report.ts';

/** A run whose tasks cost what their rows in batches do: nothing is read from a cache there. */
export function atBatchPrices({ lanes, ...prepared }: PreparedRun): PreparedRun {
  return {
    ...prepared,
    lanes: lanes.map(({ price, budgetPrice, ...lane }) => ({
      ...lane,
      price: price && batchPrice(price),
      budgetPrice: budgetPrice && batchPrice(budgetPrice),
    })),
  };
}

function batchPrice(price: FoundPrice): FoundPrice | undefined {
  const factor = factorOf(price, batchService(price));
  if (factor === undefined) return undefined;
  const scaled = ({ input, output }: Rates): Rates => {
    const rate = factor * input;
    const cached = { cacheRead: rate, cacheWrite: rate, cacheWriteLong: rate };
    return { input: rate, output: factor * output, ...cached };
  };
  const tiers = price.tiers.map(({ above, rates }) => ({ above, rates: scaled(rates) }));
  return { ...price, base: scaled(price.base), tiers };
}

/** What the same tasks are expected to cost in each mode. `usual`: what each model costs without batches. */
export function modeCosts(
  lanes: readonly LaneForecast[],
  usual: PreparedRun,
  { isBatch }: { readonly isBatch: boolean },
): PlannedModes {
  const costIn = (service: 'standard' | 'flex' | 'batch'): number | null => {
    let sum = 0;
    for (const [at, { totals }] of lanes.entries()) {
      const price = usual.lanes[at]?.price;
      const { uncachedUsd, cost, tasks } = totals;
      if (tasks === 0) continue;
      if (!price || uncachedUsd === null || cost === null) return null;
      const own = isBatch ? (factorOf(price, batchService(price)) ?? 0) : 1;
      const factor =
        service === 'batch' ? factorOf(price, batchService(price)) : factorOf(price, service);
      if (factor === undefined || own === 0) return null;
      const isCached = !isBatch && service !== 'batch';
      sum += (isCached ? cost.expected : uncachedUsd / own) * factor;
    }
    return roundUsd(sum);
  };
  return { realtime_usd: costIn('standard'), flex_usd: costIn('flex'), batch_usd: costIn('batch') };
}
