/** The price of one model. Rates are in US dollars per million tokens. */
export interface Price {
  /** For prompts up to the first tier. */
  readonly base: Rates;
  /**
   * Ascending by `above`. The last tier that a prompt exceeds sets the price of the whole request.
   */
  readonly tiers: readonly Tier[];
  /** Multiplies the whole cost if a service other than the standard one is used. */
  readonly factors: Readonly<Partial<Record<Surcharge, number>>>;
}

/**
 * A rate for each class of tokens that providers bill separately. Reasoning is billed as output.
 */
export interface Rates {
  /** Neither read from nor written to a cache. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  /** Cached for minutes. */
  readonly cacheWrite: number;
  /** Cached for one hour (Anthropic) or twelve (OpenAI). */
  readonly cacheWriteLong: number;
}

interface Tier {
  /** Prompt tokens of every kind. The tier applies to prompts with more tokens than this. */
  readonly above: number;
  readonly rates: Rates;
}

/** The service tier of a request, if it changes the price. */
export type Service = 'standard' | Surcharge;
/** `fast` is what vendors call fast mode or priority processing. */
type Surcharge = 'batch' | 'flex' | 'fast';

/** Prices by `provider/model`, or by the model alone if the user left out the provider. */
export type PriceTable = ReadonlyMap<string, Price>;

/** A price as written in `prices:`, a price file or the bundled table. */
export interface WrittenPrice {
  readonly input: number;
  readonly output: number;
  /** Default: the price of `input`, because no discount is known. */
  readonly cache_read?: number;
  /** Default: 1.25 times `input`, as charged by vendors that bill cache writes. */
  readonly cache_write?: number;
  /** Default: twice `input`, or `cache_write` if that is at most `input`. */
  readonly cache_write_1h?: number;
  readonly batch?: number;
  readonly flex?: number;
  readonly fast?: number;
  /**
   * Maps a number of prompt tokens to the rates for longer prompts. Omitted rates scale with
   * `input`; `output` stays the same.
   */
  readonly above?: Readonly<Record<string, Partial<WrittenRates>>>;
}

export type WrittenRates = Pick<
  WrittenPrice,
  'input' | 'output' | 'cache_read' | 'cache_write' | 'cache_write_1h'
>;

/** `promptTokens` includes cached tokens. */
export function ratesFor(price: Price, promptTokens: number): Rates {
  let { base: rates } = price;
  for (const tier of price.tiers) if (promptTokens > tier.above) ({ rates } = tier);
  return rates;
}

/** Multiplies the cost; undefined if the price of that service is unknown. */
export function factorOf(price: Price, service: Service): number | undefined {
  return service === 'standard' ? 1 : price.factors[service];
}

/**
 * A price whose every rate is at least as high as in any of `all`. Only services that `trusted`
 * knows are priced.
 */
export function highestPrice(trusted: readonly Price[], all: readonly Price[]): Price {
  const thresholds = new Set(all.flatMap(({ tiers }) => tiers.map(({ above }) => above)));
  const factors: Partial<Record<Surcharge, number>> = {};
  for (const service of SURCHARGES) {
    if (trusted.every((price) => price.factors[service] === undefined)) continue;
    factors[service] = Math.max(...all.map((price) => price.factors[service] ?? 0));
  }
  return {
    base: highestRates(all.map(({ base }) => base)),
    tiers: [...thresholds]
      .toSorted((one, other) => one - other)
      .map((above) => ({
        above,
        rates: highestRates(all.map((price) => ratesFor(price, above + 1))),
      })),
    factors,
  };
}

const SURCHARGES: readonly Surcharge[] = ['batch', 'flex', 'fast'];

function highestRates(all: readonly Rates[]): Rates {
  return mapRates((rate) => Math.max(...all.map((rates) => rates[rate])));
}

export function mapRates(valueOf: (rate: keyof Rates) => number): Rates {
  return {
    input: valueOf('input'),
    output: valueOf('output'),
    cacheRead: valueOf('cacheRead'),
    cacheWrite: valueOf('cacheWrite'),
    cacheWriteLong: valueOf('cacheWriteLong'),
  };
}

export function priceTable(written: Readonly<Record<string, WrittenPrice>>): PriceTable {
  return new Map(Object.entries(written).map(([name, price]) => [name, fromWritten(price)]));
}

export function fromWritten(written: WrittenPrice): Price {
  const base = baseRates(written);
  const tiers = Object.entries(written.above ?? {})
    .map(([above, rates]) => ({ above: Number(above), rates: tierRates(base, rates) }))
    .sort((one, other) => one.above - other.above);
  const { batch, flex, fast } = written;
  return {
    base,
    tiers,
    factors: {
      ...(batch !== undefined && { batch }),
      ...(flex !== undefined && { flex }),
      ...(fast !== undefined && { fast }),
    },
  };
}

function baseRates(written: WrittenRates): Rates {
  const { input, output } = written;
  const cacheWrite = written.cache_write ?? tidy(1.25 * input);
  const cacheWriteLong = cacheWrite > input ? Math.max(2 * input, cacheWrite) : cacheWrite;
  return {
    input,
    output,
    cacheRead: written.cache_read ?? input,
    cacheWrite,
    cacheWriteLong: written.cache_write_1h ?? cacheWriteLong,
  };
}

function tierRates(base: Rates, written: Partial<WrittenRates>): Rates {
  const { input = base.input, output = base.output } = written;
  if (base.input === 0) return baseRates({ ...written, input, output });
  const grown = (rate: number): number => tidy((rate * input) / base.input);
  return {
    input,
    output,
    cacheRead: written.cache_read ?? grown(base.cacheRead),
    cacheWrite: written.cache_write ?? grown(base.cacheWrite),
    cacheWriteLong: written.cache_write_1h ?? grown(base.cacheWriteLong),
  };
}

/** Removes rounding noise: 0.07 * 3 is 0.21000000000000002. */
function tidy(rate: number): number {
  return Number(rate.toPrecision(12));
}
