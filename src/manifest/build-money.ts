import { YAML_BOUNDS } from '../errors/input-limits.ts';
import { didYouMean } from '../errors/suggest.ts';
import { plainFinding } from './final-findings.ts';
import { isDate } from './json-schema.ts';
import type { LoadOptions, Overrides } from './load-manifest.ts';
import type { Budget, PriceFile } from './manifest.ts';
import { fromWritten, type PriceTable, type WrittenPrice } from './price-rates.ts';
import { textIn } from './read-text.ts';
import type { Report } from './collect-findings.ts';
import { schemaFindings } from './schema-findings.ts';
import { shown } from './recognize-secrets.ts';
import { child, type MapNode, type SourceNode } from './source-node.ts';
import { readSource, withRoot, type ManifestSource } from './manifest-source.ts';
import { parseCount } from './durations-and-counts.ts';
import { writtenIn, type Written } from './written-value.ts';
import { parseBounded } from './yaml-time-limit.ts';

/** `budget` with its overrides. Undefined if the cost has no limit. */
export function buildBudget(
  budget: Written,
  overrides: Pick<Overrides, 'maxCostUsd' | 'trustPrices' | 'allowParams'>,
): Budget | undefined {
  const maxCostUsd = overrides.maxCostUsd ?? budget.get('max_cost_usd').number;
  const maxTaskCostUsd = budget.get('max_task_cost_usd').number;
  if (maxCostUsd === undefined && maxTaskCostUsd === undefined) return undefined;
  if (overrides.maxCostUsd === undefined) return { maxCostUsd, maxTaskCostUsd };
  const { trustPrices: trustsPrices = false, allowParams = [] } = overrides;
  const callersCap = { trustsPrices, allowedParams: new Set(allowParams) };
  return { maxCostUsd, maxTaskCostUsd, callersCap };
}

/**
 * The prices in the file that the user named, and its text. It is a map as in `prices`, either bare
 * or as `{ as_of: YYYY-MM-DD, prices: { … } }`.
 */
export async function readPriceFile(
  { overrides = {}, readText, parse = parseBounded }: LoadOptions,
  report: Report,
): Promise<{ readonly file?: PriceFile; readonly text?: string }> {
  const { pricesFile: file } = overrides;
  if (file === undefined) return {};
  const bytes = await readText(file, YAML_BOUNDS.bytes);
  const text = textIn(bytes, { file, place: { file: '--prices', line: 1, column: 1 } });
  if (typeof text !== 'string') {
    report.add([text]);
    return {};
  }
  if (text.trim() === '') {
    const message = `\`${file}\` does not contain prices`;
    const hint =
      'write one entry per model, such as `openai/gpt-6.1-sol: { input: 2, output: 10 }`';
    report.error({ file, line: 1, column: 1 }, { code: 'MISSING_KEY', message, hint });
    return { text };
  }
  const { source, findings } = await readSource(file, text, parse);
  report.add(findings);
  return source && !source.isBroken ? { file: buildPriceFile(source, report), text } : { text };
}

function buildPriceFile(source: ManifestSource, report: Report): PriceFile {
  const table = child(source.root, 'prices');
  const asOf = table && readDate(writtenIn(source, report, []));
  const asManifest = withRoot(source, manifestOf(table ?? source.root));
  const findings = schemaFindings(asManifest);
  report.add(findings.map(plainFinding));
  const prices = writtenIn(asManifest, report, findings).get('prices');
  return { prices: buildPrices(prices) ?? new Map(), asOf };
}

/** A manifest that contains only these prices, to check them with the schema of a manifest. */
function manifestOf(prices: SourceNode): MapNode {
  const { start, end } = prices;
  const at = { keyStart: start, keyEnd: end };
  const task = { kind: 'scalar', value: 'any', style: 'plain', start, end } as const;
  return {
    kind: 'map',
    start,
    end,
    entries: [
      { key: 'tasks', ...at, value: { kind: 'list', start, end, items: [task] } },
      { key: 'prices', ...at, value: prices },
    ],
  };
}

const FILE_KEYS = ['as_of', 'source', 'prices'];

function readDate(root: Written): string | undefined {
  for (const each of root.entries) {
    if (FILE_KEYS.includes(each.key)) continue;
    each.keyError({
      code: 'UNKNOWN_KEY',
      message: `unknown key \`${shown(each.key)}\` in a price file`,
      hint: didYouMean(each.key, FILE_KEYS, 'delete it'),
    });
  }
  const date = root.get('as_of');
  if (date.string !== undefined && isDate(date.string)) return date.string;
  if (date.isGiven) {
    date.error({ message: '`as_of` must be a date', hint: 'write it like `2026-11-10`' });
  }
  return undefined;
}

const RATES = ['input', 'output', 'cache_read', 'cache_write', 'cache_write_1h'] as const;
const FACTORS = ['batch', 'flex', 'fast'] as const;

/** The valid prices. The schema has already checked types and ranges. */
export function buildPrices(prices: Written): PriceTable | undefined {
  if (!prices.isMap) return undefined;
  // Keys that begin with `x-` are the user's own, except those with a slash: models of `x-ai`.
  const models = prices.entries.filter((each) => !each.hasError && !/^x-[^/]*$/.test(each.key));
  return new Map(models.filter(isModel).map((each) => [each.key, fromWritten(readPrice(each))]));
}

function isModel(each: Written): boolean {
  const { key } = each;
  const isName = key !== '' && key.trim() === key && !/^\/|\/$/.test(key);
  if (!isName) {
    each.keyError({
      message: `\`${shown(key)}\` is not the name of a model`,
      hint: 'write `provider/model`, such as `openai/gpt-6.1-sol`',
    });
  }
  return isName;
}

function readPrice(price: Written): WrittenPrice {
  const tiers = price.get('above').entries.flatMap((tier) => {
    const threshold = parseCount(tier.key);
    if (threshold.ok) return [[threshold.value, readRates(tier, RATES)]];
    tier.keyError(threshold);
    return [];
  });
  return {
    input: 0,
    output: 0,
    ...readRates(price, RATES),
    ...readRates(price, FACTORS),
    above: Object.fromEntries(tiers),
  };
}

/**
 * A tenth of the cheapest cache read on the market. Lower rates are probably prices per token,
 * which are a million times smaller.
 */
const LOWEST_RATE = 0.0001;

function readRates<Key extends (typeof RATES)[number] | (typeof FACTORS)[number]>(
  price: Written,
  keys: readonly Key[],
): Partial<Record<Key, number>> {
  const rates: Partial<Record<Key, number>> = {};
  for (const key of keys) {
    const written = price.get(key);
    const { number: rate } = written;
    if (rate === undefined) continue;
    rates[key] = rate;
    if (rate === 0 || rate >= LOWEST_RATE || FACTORS.some((factor) => factor === key)) continue;
    written.warning({
      message: `\`${rate}\` looks like the price of one token`,
      hint: 'multiply it by 1000000: prices are in US dollars per million tokens',
    });
  }
  return rates;
}
