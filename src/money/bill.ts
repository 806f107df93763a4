import type { Parameters } from '../manifest/manifest.ts';
import { factorOf, type Price, type Service } from '../manifest/price-rates.ts';
import type { Usage } from '../providers/provider.ts';
import { cacheSavings, costOf } from './cost.ts';
import { servedAs, serviceOf } from './service-tier.ts';

/** The cost of one HTTP request, in US dollars; null if unknown. */
export interface Bill {
  readonly costUsd: number | null;
  /** What caching saved; negative if writing cost more than reading saved. */
  readonly cacheSavedUsd: number | null;
  /** How much of the budget the request uses: see `PreparedLane.budgetPrice`. */
  readonly budgetUsd: number | null;
}

/** A model's price, and the price that the budget uses, which is the same by default. */
export interface LanePrices {
  readonly price?: Price | undefined;
  readonly budgetPrice?: Price | undefined;
}

/** The bill for the reported usage of ONE request: see `costOf`. */
export function billOf(usage: Usage, parameters: Parameters, prices: LanePrices): Bill {
  const service = servedAs(usage.tier, prices.price ?? prices.budgetPrice) ?? serviceOf(parameters);
  if (service === undefined) return { costUsd: null, cacheSavedUsd: null, budgetUsd: null };
  return billFor(usage, service, prices);
}

/** The bill for ONE row of a batch. */
export function batchBillOf(usage: Usage, { price, budgetPrice = price }: LanePrices): Bill {
  return billFor(usage, batchService(price ?? budgetPrice), { price, budgetPrice });
}

/** The service whose price applies to a batch: a free model does not need a price for batches. */
export function batchService(price: Price | undefined): Service {
  const isFree =
    price && price.tiers.length === 0 && Object.values(price.base).every((rate) => rate === 0);
  return isFree && factorOf(price, 'batch') === undefined ? 'standard' : 'batch';
}

function billFor(usage: Usage, service: Service, prices: LanePrices): Bill {
  const { price, budgetPrice = price } = prices;
  // A flex request never costs more than a standard one.
  const isFlexUnknown = service === 'flex' && budgetPrice?.factors.flex === undefined;
  return {
    costUsd: costOf(usage, price, service),
    cacheSavedUsd: cacheSavings(usage, price, service),
    budgetUsd: costOf(usage, budgetPrice, isFlexUnknown ? 'standard' : service),
  };
}
