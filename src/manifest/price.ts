/** What one model costs, ready to multiply. Rates are US dollars per million tokens. */
export interface Price {
  /** For prompts up to the first tier. */
  readonly base: Rates;
  /** Long prompts, ascending by `above`. The last one that a prompt exceeds prices the whole request. */
  readonly tiers: readonly Tier[];
  /** What the whole bill is multiplied by when a service other than the standard one did the work. */
  readonly factors: Readonly<Partial<Record<Surcharge, number>>>;
}

/** A rate for each class of token that providers bill apart. Reasoning is billed as output. */
export interface Rates {
  /** Neither read from nor written to a cache. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  /** Kept for minutes. */
  readonly cacheWrite: number;
  /** Kept for an hour (Anthropic) or twelve (OpenAI). */
  readonly cacheWriteLong: number;
}

interface Tier {
  /** Prompt tokens of every kind; the tier begins one above. */
  readonly above: number;
  readonly rates: Rates;
}

/** How a request is served, where that changes its price. */
export type Service = 'standard' | Surcharge;
/** `fast` is what vendors call fast mode or priority processing. */
type Surcharge = 'batch' | 'flex' | 'fast';

/** Prices by `provider/model`, or by the model's bare id where the user left the provider out. */
export type PriceTable = ReadonlyMap<string, Price>;

/** One price as people write it: an entry of `prices:`, of a price file and of the shipped table. */
export interface WrittenPrice {
  readonly input: number;
  readonly output: number;
  /** Default: the price of `input`, as no discount is known. */
  readonly cache_read?: number;
  /** Default: 1.25 times `input`, what the vendors that charge for writing do. */
  readonly cache_write?: number;
  /** Default: twice `input`, or `cache_write` where writing costs at most input. */
  readonly cache_write_1h?: number;
  readonly batch?: number;
  readonly flex?: number;
  readonly fast?: number;
  /** Prompt tokens → the rates above them. A rate left out follows `input`; `output` stays as it is. */
  readonly above?: Readonly<Record<string, Partial<WrittenRates>>>;
}

export type WrittenRates = Pick<
  WrittenPrice,
  'input' | 'output' | 'cache_read' | 'cache_write' | 'cache_write_1h'
>;

/** The rates for a prompt of so many tokens, cached ones included. */
export function ratesFor(price: Price, promptTokens: number): Rates {
  let { base: rates } = price;
  for (const tier of price.tiers) if (promptTokens > tier.above) ({ rates } = tier);
  return rates;
}

/** What the bill is multiplied by; undefined when the price of that service is not known. */
export function factorOf(price: Price, service: Service): number | undefined {
  return service === 'standard' ? 1 : price.factors[service];
}

/**
 * A price that is nowhere below any of `all`. Services are priced as in `trusted`, raised by the others:
 * one that only others know stays unknown.
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
  const highest = (rate: keyof Rates): number => Math.max(...all.map((rates) => rates[rate]));
  return {
    input: highest('input'),
    output: highest('output'),
    cacheRead: highest('cacheRead'),
    cacheWrite: highest('cacheWrite'),
    cacheWriteLong: highest('cacheWriteLong'),
  };
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
  const input = written.input ?? base.input;
  const output = written.output ?? base.output;
  if (base.input === 0) return baseRates({ ...written, input, output });
  const growth = input / base.input;
  return {
    input,
    output,
    cacheRead: written.cache_read ?? tidy(base.cacheRead * growth),
    cacheWrite: written.cache_write ?? tidy(base.cacheWrite * growth),
    cacheWriteLong: written.cache_write_1h ?? tidy(base.cacheWriteLong * growth),
  };
}

/** Without the noise of binary fractions: 0.07 * 3 is 0.21000000000000002. */
function tidy(rate: number): number {
  return Number(rate.toPrecision(12));
}
