import type { CallersCap, Manifest, ModelName } from '../manifest/manifest.ts';
import { modelsOf } from '../manifest/task-models.ts';
import { providerType } from '../manifest/build-providers.ts';
import { findPrice, priceForCap, type FoundPrice, type PriceSources } from '../money/find-price.ts';
import { stalePricesWarning, shippedPrices, shippedPricesAsOf } from '../money/price-age.ts';

type PriceFinder = (model: ModelName) => FoundPrice | undefined;

/**
 * Finds a model's price in the price file, the manifest and the shipped table. The first of these
 * that has one wins.
 */
export function priceFinder(manifest: Manifest): PriceFinder {
  const sources = sourcesOf(manifest);
  return (model) => findPrice(model, sources);
}

/**
 * Finds the price that the budget uses. If the caller set the budget, this is the highest known
 * price.
 */
export function budgetPriceFinder(manifest: Manifest): PriceFinder {
  const { callersCap } = manifest.budget ?? {};
  return callersCap ? callersPriceFinder(manifest, callersCap) : priceFinder(manifest);
}

/** Finds the price that the caller can rely on, whatever the manifest says. */
export function callersPriceFinder(
  manifest: Manifest,
  { trustsPrices: trustsManifest }: Pick<CallersCap, 'trustsPrices'>,
): PriceFinder {
  const sources = sourcesOf(manifest);
  return (model) => priceForCap(model, sources, { trustsManifest });
}

function sourcesOf(manifest: Manifest): PriceSources {
  const names = new Set(manifest.tasks.flatMap(modelsOf).map(({ provider }) => provider));
  return {
    ...(manifest.prices && { manifest: manifest.prices }),
    ...(manifest.priceFile && { file: manifest.priceFile.prices }),
    shipped: shippedPrices(),
    clouds: new Map(
      [...manifest.providers].flatMap(([name, { cloud, type }]) =>
        cloud && type === 'anthropic' ? [[name, cloud] as const] : [],
      ),
    ),
    free: new Set([...names].filter((name) => providerType(name, manifest.providers) === 'mock')),
  };
}

/** The date of the oldest price list in use, `YYYY-MM-DD`; null if none has a date. */
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

/** A warning about old prices, if any are in use. */
export function stalePrices(
  manifest: Manifest,
  prices: ReadonlyArray<FoundPrice | undefined>,
  epochMs: number,
): string | undefined {
  const asOf = pricesAsOf(manifest, prices);
  return asOf === null ? undefined : stalePricesWarning(asOf, epochMs);
}
