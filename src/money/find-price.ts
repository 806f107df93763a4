import type { Cloud } from '../manifest/cloud.ts';
import type { ModelName } from '../manifest/manifest.ts';
import { highestPrice, type Price, type PriceTable } from '../manifest/price-rates.ts';
import { cloudPrice } from './cloud-price.ts';

/** Where prices come from. The first source that knows the model wins. */
export interface PriceSources {
  /** `--prices FILE`. */
  readonly file?: PriceTable;
  /** `prices:` in the manifest. */
  readonly manifest?: PriceTable;
  readonly shipped: PriceTable;
  /** Cloud providers. For their models, Volley uses the vendor's price. */
  readonly clouds?: ReadonlyMap<string, Cloud>;
  /**
   * Providers of type `mock`, which are free. A price in the file or the manifest wins, so that a
   * rehearsal can cost money.
   */
  readonly free?: ReadonlySet<string>;
}

export interface FoundPrice extends Price {
  readonly source: 'manifest' | 'file' | 'shipped' | 'free';
}

/**
 * The price of a model; undefined if it is unknown, which never means that the model is free. A
 * price is found by the exact id of the model or by the id of a dated snapshot (`-20261001`,
 * `-2026-10-01`). Any other name is another model with its own price.
 */
export function findPrice(model: ModelName, sources: PriceSources): FoundPrice | undefined {
  return pricesOf(model, sources)[0];
}

/**
 * The price that the caller's cap uses: the highest known rate for each kind of token. The
 * manifest's price counts only if the caller trusts it, because a price of 0 would make the cap
 * useless.
 */
export function priceForCap(
  model: ModelName,
  sources: PriceSources,
  { trustsManifest }: { readonly trustsManifest: boolean },
): FoundPrice | undefined {
  const known = pricesOf(model, sources);
  const trusted = trustsManifest ? known : known.filter(({ source }) => source !== 'manifest');
  const [first] = trusted;
  if (!first) return undefined;
  return { ...highestPrice(trusted, known), source: first.source };
}

/** All known prices of a model; the first one takes precedence. */
function pricesOf(model: ModelName, sources: PriceSources): readonly FoundPrice[] {
  const name = `${model.provider}/${model.model}`;
  const cloud = sources.clouds?.get(model.provider);
  const found = {
    file: lookUp([name, model.model], sources.file),
    manifest: lookUp([name, model.model], sources.manifest),
    free: sources.free?.has(model.provider) ? FREE : undefined,
    shipped: cloud
      ? cloudPrice(cloud, model.model, (vendors) => lookUp([vendors], sources.shipped))
      : lookUp([name], sources.shipped),
  };
  return IN_ORDER.flatMap((source) => {
    const price = found[source];
    return price ? [{ ...price, source }] : [];
  });
}

const IN_ORDER = ['file', 'manifest', 'free', 'shipped'] as const;

function lookUp(names: readonly string[], table: PriceTable | undefined): Price | undefined {
  if (!table) return undefined;
  for (const name of [...names, ...names.map(withoutDate)]) {
    const price = table.get(name);
    if (price) return price;
  }
  return undefined;
}

function withoutDate(name: string): string {
  return name.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, '');
}

const FREE: Price = {
  base: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWriteLong: 0 },
  tiers: [],
  factors: { batch: 0, flex: 0, fast: 0 },
};
