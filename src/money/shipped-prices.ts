import { fromWritten, type PriceTable } from '../manifest/price.ts';
import { shipped } from './prices.generated.ts';

/** The day for which the shipped prices were collected, `YYYY-MM-DD`. */
export const shippedPricesAsOf: string = shipped.as_of;

/** The prices that come with Volley, read once on first use. */
export function shippedPrices(): PriceTable {
  table ??= new Map(
    Object.entries(shipped.prices).map(([name, written]) => [name, fromWritten(written)]),
  );
  return table;
}

let table: PriceTable | undefined;
