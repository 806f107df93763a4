import type { ModelName } from '../manifest/manifest.ts';
import type { Price, PriceTable } from '../manifest/price.ts';

/** Where prices come from, the first that knows the model wins. */
export interface PriceSources {
  /** `prices:` of the manifest. */
  readonly manifest?: PriceTable;
  /** `--prices FILE`. */
  readonly file?: PriceTable;
  readonly shipped: PriceTable;
  /**
   * Providers of type `mock`: nothing leaves the machine, so 0 is their true price. A price in the
   * manifest or the file wins, to rehearse with money.
   */
  readonly free?: ReadonlySet<string>;
}

export interface FoundPrice extends Price {
  readonly source: 'manifest' | 'file' | 'shipped' | 'free';
}

/**
 * The price of a model; undefined when it is unknown, which is never the same as free. A model is
 * known by its exact id, or as a dated snapshot of one (`-20261001`, `-2026-10-01`): a longer or
 * shorter name is another model with a price of its own.
 */
export function findPrice(model: ModelName, sources: PriceSources): FoundPrice | undefined {
  const own = [`${model.provider}/${model.model}`, model.model];
  for (const source of ['manifest', 'file'] as const) {
    const price = lookUp(own, sources[source]);
    if (price) return { ...price, source };
  }
  if (sources.free?.has(model.provider)) return { ...FREE, source: 'free' };
  const shipped = lookUp(own.slice(0, 1), sources.shipped);
  return shipped && { ...shipped, source: 'shipped' };
}

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
