import type { Overrides } from './load.ts';
import type { Budget, PriceFile } from './manifest.ts';
import { parsePriceFile, parsePrices } from './parse-prices.ts';
import type { PriceProblem } from './price-findings.ts';
import type { PriceTable } from './price.ts';
import { numberOf, type ReadContext } from './read-values.ts';
import type { Report, KnownErrors } from './report.ts';
import { child, plainValue, type Path } from './source-node.ts';
import type { ManifestSource } from './source.ts';

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

export function buildPrices(
  { source, report }: ReadContext,
  knownErrors: KnownErrors,
): PriceTable | undefined {
  const node = child(source.root, 'prices');
  if (node?.kind !== 'map') return undefined;
  const { prices, problems } = parsePrices(withoutOwnKeys(plainValue(node)));
  // Do not repeat what the schema found in an entry.
  const unreported = problems.filter(
    ({ path: [name = ''] }) =>
      !knownErrors.hasErrorAt(name, ['prices']) && !knownErrors.hasErrorIn(['prices', name]),
  );
  reportProblems(unreported, { source, report, root: ['prices'] });
  return prices;
}

export function buildPriceFile(source: ManifestSource, report: Report): PriceFile {
  const { prices, problems, asOf } = parsePriceFile(source.value);
  reportProblems(problems, { source, report, root: [] });
  return { prices, asOf };
}

/** Keys that begin with `x-` are the user's own; with a slash they are models of `x-ai`. */
function withoutOwnKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !/^x-[^/]*$/.test(key)));
}

function reportProblems(
  problems: readonly PriceProblem[],
  where: { readonly source: ManifestSource; readonly report: Report; readonly root: Path },
): void {
  const { source, report, root } = where;
  for (const { path, atKey, severity, code, message, hint } of problems) {
    const full = [...root, ...path];
    const place = atKey ? source.keyPlaceAt(full) : source.valuePlaceAt(full);
    report[severity](place, { code, message, hint });
  }
}
