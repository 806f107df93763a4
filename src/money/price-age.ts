import { priceTable, type PriceTable } from '../manifest/price-rates.ts';
import { shipped } from '../generated/shipped-prices.ts';

/** The date of the shipped prices, `YYYY-MM-DD`. */
export const shippedPricesAsOf: string = shipped.as_of;

/** The prices that come with Volley, parsed on first use. */
export function shippedPrices(): PriceTable {
  table ??= priceTable(shipped.prices);
  return table;
}

let table: PriceTable | undefined;

/** Whole days since that date; 0 if the clock shows an earlier date. */
export function priceAgeDays(asOf: string, epochMs: number): number {
  return Math.max(0, Math.floor((epochMs - Date.parse(`${asOf}T00:00:00Z`)) / DAY_MS));
}

/** A warning about prices older than 60 days. */
export function stalePricesWarning(asOf: string, epochMs: number): string | undefined {
  const days = priceAgeDays(asOf, epochMs);
  if (days <= FRESH_DAYS) return undefined;
  return `prices are ${days} days old (as of ${asOf}): update Volley, or set current ones with \`prices:\` or \`--prices FILE\``;
}

const DAY_MS = 86_400_000;
const FRESH_DAYS = 60;
