import { factorOf, mapRates, type Rates, type Service } from '../manifest/price-rates.ts';
import { modeOf } from '../manifest/task-mode.ts';
import { modelsOf } from '../manifest/task-models.ts';
import { batchService } from '../money/bill.ts';
import { roundUsd } from '../money/cost.ts';
import type { FoundPrice } from '../money/find-price.ts';
import type { PreparedLane, PreparedRun } from '../run/prepare-run.ts';
import { laneName } from '../run/task-content.ts';
import type { LaneForecast } from './lane-forecast.ts';
import { batchSpan, flexSpan } from './mode-times.ts';
import type { PlannedModes } from './plan-report.ts';

/**
 * The run with the prices of its modes. A model that is used in several modes has its realtime
 * price.
 */
export function atModePrices(usual: PreparedRun): PreparedRun {
  return {
    ...usual,
    lanes: usual.lanes.map((lane) => {
      const service = serviceOfLane(lane, usual);
      const { price, budgetPrice } = lane;
      if (service === 'standard') return lane;
      if (service === 'flex') return { ...lane, price: price && priceAt(price, service) };
      const batched = (each: FoundPrice | undefined): FoundPrice | undefined =>
        each && priceAt(each, batchService(each));
      return { ...lane, price: batched(price), budgetPrice: batched(budgetPrice) };
    }),
  };
}

/** The service for all tasks of a model. */
export function serviceOfLane({ planned, provider }: PreparedLane, { plan }: PreparedRun): Service {
  const { tasks, run } = plan.manifest;
  const own = tasks.filter((task) =>
    modelsOf(task).some((each) => laneName(each) === laneName(planned)),
  );
  const [mode = 'realtime', ...others] = new Set(own.map((task) => modeOf(task, run, provider)));
  return others.length > 0 || mode === 'realtime' ? 'standard' : mode;
}

function priceAt(price: FoundPrice, service: Service): FoundPrice | undefined {
  const factor = factorOf(price, service);
  if (factor === undefined) return undefined;
  const scaled = (rates: Rates): Rates => mapRates((rate) => factor * rates[rate]);
  const tiers = price.tiers.map(({ above, rates }) => ({ above, rates: scaled(rates) }));
  return { ...price, base: scaled(price.base), tiers };
}

/**
 * The expected cost and duration of the same tasks in each mode. `usual` has the realtime prices.
 */
export async function planModes(
  lanes: readonly LaneForecast[],
  usual: PreparedRun,
  realtimeMs: number,
): Promise<PlannedModes> {
  const costIn = (asked: 'standard' | 'flex' | 'batch'): number | null => {
    let sum = 0;
    for (const { name, totals } of lanes) {
      if (totals.tasks === 0) continue;
      const lane = usual.lanes.find(({ planned }) => laneName(planned) === name);
      const price = lane?.price;
      const usd = asked === 'batch' ? totals.batchedUsd : totals.realtimeUsd;
      if (!lane || !price || usd === null) return null;
      if (asked === 'batch' && !lane.provider.hasBatches) return null;
      const service = (each: Service): Service => (each === 'batch' ? batchService(price) : each);
      const own = serviceOfLane(lane, usual);
      const ownFactor = factorOf(price, service(own));
      const factor = factorOf(price, service(asked));
      if (factor === undefined || ownFactor === undefined || ownFactor === 0) {
        if (factor === 0 && ownFactor === 0) continue;
        return null;
      }
      sum += (usd / ownFactor) * factor;
    }
    return roundUsd(sum);
  };
  const [flexUsd, batchUsd] = [costIn('flex'), costIn('batch')];
  const { run } = usual.plan.manifest;
  return {
    realtime_usd: costIn('standard'),
    realtime_ms: realtimeMs,
    flex_usd: flexUsd,
    flex_ms: flexUsd === null ? null : await flexSpan(lanes, { run, realtimeMs }),
    batch_usd: batchUsd,
    batch_ms: batchUsd === null ? null : batchSpan(lanes, usual, realtimeMs),
  };
}
