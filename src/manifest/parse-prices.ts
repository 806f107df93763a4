import { parseCount } from './units.ts';
import { fromWritten, type Price, type PriceTable, type WrittenPrice } from './price.ts';
import {
  errorsIn,
  readDate,
  readFactor,
  readRate,
  report,
  shown,
  unknownKey,
  type PriceProblem,
  type Spot,
} from './price-findings.ts';

export interface ParsedPrices {
  /** Only valid entries. */
  readonly prices: PriceTable;
  readonly problems: readonly PriceProblem[];
}

export interface ParsedPriceFile extends ParsedPrices {
  /** `YYYY-MM-DD`, if the file has it. */
  readonly asOf: string | undefined;
}

/**
 * Reads `{ 'provider/model': { input, output, … } }`, the manifest's `prices:`, in US dollars per
 * million tokens. A model without its provider applies to every provider.
 */
export function parsePrices(value: unknown): ParsedPrices {
  const problems: PriceProblem[] = [];
  return { prices: readTable(value, { path: [], problems }), problems };
}

/** Reads a price file: the same map, either bare or as `{ as_of: YYYY-MM-DD, prices: { … } }`. */
export function parsePriceFile(value: unknown): ParsedPriceFile {
  const inner = isMap(value) ? value['prices'] : undefined;
  if (!isMap(value) || inner === undefined) return { ...parsePrices(value), asOf: undefined };
  const problems: PriceProblem[] = [];
  const asOf = readDate(value['as_of'], { path: ['as_of'], problems });
  for (const key of Object.keys(value)) {
    if (!FILE_KEYS.includes(key)) unknownKey(key, FILE_KEYS, { path: [], problems });
  }
  return { prices: readTable(inner, { path: ['prices'], problems }), problems, asOf };
}

const FILE_KEYS = ['as_of', 'source', 'prices'];
const RATES = ['input', 'output', 'cache_read', 'cache_write', 'cache_write_1h'] as const;
const FACTORS = ['batch', 'flex', 'fast'] as const;
const PRICE_KEYS: readonly string[] = [...RATES, ...FACTORS, 'above'];
const EXAMPLE = '`openai/gpt-6.1-sol: { input: 2, output: 10 }`';

function readTable(value: unknown, spot: Spot): PriceTable {
  const table = new Map<string, Price>();
  if (!isMap(value)) {
    report(spot, {
      code: 'WRONG_TYPE',
      message: `${shown(value)} is not a map of prices`,
      hint: `write one entry per model, such as ${EXAMPLE}`,
    });
    return table;
  }
  for (const [name, written] of Object.entries(value)) {
    const price = readEntry(name, written, { ...spot, path: [...spot.path, name] });
    if (price) table.set(name, price);
  }
  return table;
}

function readEntry(name: string, value: unknown, spot: Spot): Price | undefined {
  if (name.trim() !== name || name === '' || name.startsWith('/') || name.endsWith('/')) {
    report(spot, {
      code: 'BAD_VALUE',
      atKey: true,
      message: `${shown(name)} is not the name of a model`,
      hint: 'write `provider/model`, such as `openai/gpt-6.1-sol`',
    });
    return undefined;
  }
  if (!isMap(value)) {
    report(spot, {
      code: 'WRONG_TYPE',
      message: `${shown(value)} is not a price`,
      hint: `write US dollars per million tokens, such as ${EXAMPLE}`,
    });
    return undefined;
  }
  const before = errorsIn(spot);
  const written = readPrice(value, spot);
  return errorsIn(spot) === before ? fromWritten(written) : undefined;
}

function readPrice(value: WrittenMap, spot: Spot): WrittenPrice {
  for (const key of Object.keys(value)) {
    if (!PRICE_KEYS.includes(key) && !key.startsWith('x-')) unknownKey(key, PRICE_KEYS, spot);
  }
  for (const key of ['input', 'output']) {
    if (value[key] !== undefined) continue;
    report(spot, {
      code: 'MISSING_KEY',
      atKey: true,
      message: `\`${key}\` is missing`,
      hint: `add the price of ${key} tokens in US dollars per million`,
    });
  }
  return {
    input: 0,
    output: 0,
    ...readNumbers(RATES, value, spot),
    ...readNumbers(FACTORS, value, spot),
    above: readTiers(value['above'], { ...spot, path: [...spot.path, 'above'] }),
  };
}

function readTiers(value: unknown, spot: Spot): NonNullable<WrittenPrice['above']> {
  if (value === undefined) return {};
  if (!isMap(value)) {
    report(spot, {
      code: 'WRONG_TYPE',
      message: `${shown(value)} is not a map of long-prompt prices`,
      hint: 'write the prompt tokens above which they apply, such as `272000: { input: 4, output: 15 }`',
    });
    return {};
  }
  const tiers: Record<string, Record<string, number>> = {};
  for (const [threshold, rates] of Object.entries(value)) {
    const within = { ...spot, path: [...spot.path, threshold] };
    const above = parseCount(threshold);
    if (!above.ok) report(within, { code: 'BAD_VALUE', atKey: true, ...above });
    else if (!isMap(rates) || Object.keys(rates).length === 0) {
      report(within, {
        code: 'WRONG_TYPE',
        message: `${shown(rates)} is not a price`,
        hint: 'write the rates that change, such as `{ input: 4, output: 15 }`',
      });
    } else {
      for (const key of Object.keys(rates)) {
        if (!RATES.some((rate) => rate === key) && !key.startsWith('x-'))
          unknownKey(key, RATES, within);
      }
      tiers[String(above.value)] = readNumbers(RATES, rates, within);
    }
  }
  return tiers;
}

function readNumbers<Key extends string>(
  keys: readonly Key[],
  value: WrittenMap,
  spot: Spot,
): Partial<Record<Key, number>> {
  const numbers: Partial<Record<Key, number>> = {};
  for (const key of keys) {
    const written = value[key];
    if (written === undefined) continue;
    const here = { ...spot, path: [...spot.path, key] };
    if (isFactor(key)) readFactor(written, here);
    else readRate(written, here);
    if (typeof written === 'number') numbers[key] = written;
  }
  return numbers;
}

type WrittenMap = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is WrittenMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFactor(key: string): boolean {
  return FACTORS.some((factor) => factor === key);
}
