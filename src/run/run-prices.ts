import type { Manifest, ModelName } from '../manifest/manifest.ts';
import { modelsOf } from '../manifest/task-models.ts';
import { providerType } from '../manifest/build-providers.ts';
import { findPrice, type FoundPrice } from '../money/find-price.ts';
import { stalePricesWarning } from '../money/price-age.ts';
import { shippedPrices, shippedPricesAsOf } from '../money/shipped-prices.ts';

/** Finds the price of a model: the manifest's, the price file's, or the shipped one; undefined when unknown. */
export function priceFinder(manifest: Manifest): (model: ModelName) => FoundPrice | undefined {
  const names = new Set(manifest.tasks.flatMap(modelsOf).map(({ provider }) => provider));
  const sources = {
    ...(manifest.prices && { manifest: manifest.prices }),
    ...(manifest.priceFile && { file: manifest.priceFile.prices }),
    shipped: shippedPrices(),
    free: new Set([...names].filter((name) => providerType(name, manifest.providers) === 'mock')),
  };
  return (model) => findPrice(model, sources);
}

/** `YYYY-MM-DD`: of the oldest of the dated price lists that were used; null when none was. */
export function pricesAsOf(
  { priceFile }: Manifest,
  prices: ReadonlyArray<FoundPrice | undefined>,
): string | null {
  const dates = [
    ...(prices.some((price) => price?.source === 'file') ? [priceFile?.asOf] : []),
    ...(prices.some((price) => price?.source === 'shipped') ? [shippedPricesAsOf] : []),
  ].filter((date) => date !== undefined);
  return dates.sort()[0] ?? null;
}

/** What to tell about prices that are old; undefined when none of those used is. */
export function stalePrices(
  manifest: Manifest,
  prices: ReadonlyArray<FoundPrice | undefined>,
  epochMs: number,
): string | undefined {
  const asOf = pricesAsOf(manifest, prices);
  return asOf === null ? undefined : stalePricesWarning(asOf, epochMs);
}
