import { suggest } from '../errors/suggest.ts';
import { plainFinding } from './final-findings.ts';
import type { Overrides } from './load.ts';
import type { Budget, PriceFile } from './manifest.ts';
import { fromWritten, type Price, type PriceTable, type WrittenPrice } from './price.ts';
import { numberOf, stringOf, type ReadContext } from './read-values.ts';
import { knownErrorsOf, type KnownErrors, type Report } from './report.ts';
import { schemaFindings } from './schema-findings.ts';
import { shown } from './secrets.ts';
import { child, type MapEntry, type MapNode, type SourceNode } from './source-node.ts';
import { withRoot, type ManifestSource } from './source.ts';
import { parseCount } from './units.ts';

/** `budget` with its overrides. Undefined if the cost has no limit. */
export function buildBudget(
  { root }: ManifestSource,
  overrides: Pick<Overrides, 'maxCostUsd' | 'trustPrices' | 'allowParams'>,
): Budget | undefined {
  const node = child(root, 'budget');
  const maxCostUsd = overrides.maxCostUsd ?? numberOf(child(node, 'max_cost_usd'));
  const maxTaskCostUsd = numberOf(child(node, 'max_task_cost_usd'));
  if (maxCostUsd === undefined && maxTaskCostUsd === undefined) return undefined;
  if (overrides.maxCostUsd === undefined) return { maxCostUsd, maxTaskCostUsd };
  const { trustPrices: trustsPrices = false, allowParams = [] } = overrides;
  const callersCap = { trustsPrices, allowedParams: new Set(allowParams) };
  return { maxCostUsd, maxTaskCostUsd, callersCap };
}

/** The valid prices of the manifest. The schema has already checked types and ranges. */
export function buildPrices(
  context: ReadContext,
  knownErrors: KnownErrors,
): PriceTable | undefined {
  const node = child(context.source.root, 'prices');
  return node?.kind === 'map' ? readTable(node, context, knownErrors) : undefined;
}

/** A price file is the same map, either bare or as `{ as_of: YYYY-MM-DD, prices: { … } }`. */
export function buildPriceFile(source: ManifestSource, report: Report): PriceFile {
  const { root } = source;
  const table = child(root, 'prices');
  const asOf = table && readDate(root, { source, report });
  const asManifest = withRoot(source, manifestOf(table ?? root));
  const findings = schemaFindings(asManifest);
  report.add(findings.map(plainFinding));
  const context = { source: asManifest, report };
  return { prices: buildPrices(context, knownErrorsOf(findings)) ?? new Map(), asOf };
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

function readDate(root: SourceNode, { source, report }: ReadContext): string | undefined {
  for (const each of root.kind === 'map' ? root.entries : []) {
    if (FILE_KEYS.includes(each.key)) continue;
    const near = suggest(each.key, FILE_KEYS);
    report.error(source.keyPlace(each), {
      code: 'UNKNOWN_KEY',
      message: `unknown key \`${shown(each.key)}\` in a price file`,
      hint: near === undefined ? 'delete it' : `did you mean \`${near}\`?`,
    });
  }
  const node = child(root, 'as_of');
  if (!node) return undefined;
  const text = stringOf(node);
  if (text !== undefined && isDate(text)) return text;
  report.error(source.place(node), {
    code: 'BAD_VALUE',
    message: '`as_of` must be a date',
    hint: 'write it like `2026-11-10`',
  });
  return undefined;
}

function isDate(text: string): boolean {
  const epochMs = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(epochMs) && new Date(epochMs).toISOString().startsWith(`${text}T`);
}

const RATES = ['input', 'output', 'cache_read', 'cache_write', 'cache_write_1h'] as const;
const FACTORS = ['batch', 'flex', 'fast'] as const;

function readTable(node: MapNode, context: ReadContext, knownErrors: KnownErrors): PriceTable {
  const prices = new Map<string, Price>();
  for (const each of node.entries) {
    const { key, value } = each;
    const isInvalid =
      knownErrors.hasErrorAt(key, ['prices']) || knownErrors.hasErrorIn(['prices', key]);
    // Keys that begin with `x-` are the user's own, except those with a slash: models of `x-ai`.
    if (isInvalid || /^x-[^/]*$/.test(key) || !isModel(each, context)) continue;
    prices.set(key, fromWritten(readPrice(value, context)));
  }
  return prices;
}

function isModel(each: MapEntry, { source, report }: ReadContext): boolean {
  const { key } = each;
  const isName = key !== '' && key.trim() === key && !/^\/|\/$/.test(key);
  if (!isName) {
    report.error(source.keyPlace(each), {
      code: 'BAD_VALUE',
      message: `\`${shown(key)}\` is not the name of a model`,
      hint: 'write `provider/model`, such as `openai/gpt-6.1-sol`',
    });
  }
  return isName;
}

function readPrice(node: SourceNode, context: ReadContext): WrittenPrice {
  const above = child(node, 'above');
  const tiers = (above?.kind === 'map' ? above.entries : []).flatMap((tier) => {
    const threshold = parseCount(tier.key);
    if (threshold.ok) return [[threshold.value, readRates(tier.value, RATES, context)]];
    const { message, hint } = threshold;
    context.report.error(context.source.keyPlace(tier), { code: 'BAD_VALUE', message, hint });
    return [];
  });
  return {
    input: 0,
    output: 0,
    ...readRates(node, RATES, context),
    ...readRates(node, FACTORS, context),
    above: Object.fromEntries(tiers),
  };
}

/**
 * A tenth of the cheapest cache read on the market. Lower rates are probably prices per token,
 * which are a million times smaller.
 */
const LOWEST_RATE = 0.0001;

function readRates<Key extends (typeof RATES)[number] | (typeof FACTORS)[number]>(
  node: SourceNode,
  keys: readonly Key[],
  { source, report }: ReadContext,
): Partial<Record<Key, number>> {
  const rates: Partial<Record<Key, number>> = {};
  for (const key of keys) {
    const written = child(node, key);
    const rate = numberOf(written);
    if (!written || rate === undefined) continue;
    rates[key] = rate;
    if (rate === 0 || rate >= LOWEST_RATE || FACTORS.some((factor) => factor === key)) continue;
    report.warning(source.place(written), {
      code: 'BAD_VALUE',
      message: `\`${rate}\` looks like the price of one token`,
      hint: 'multiply it by 1000000: prices are in US dollars per million tokens',
    });
  }
  return rates;
}
