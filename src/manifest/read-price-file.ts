import { YAML_BOUNDS } from '../errors/input-limits.ts';
import { didYouMean } from '../errors/suggest.ts';
import { plainFinding } from './final-findings.ts';
import { isDate } from './json-schema.ts';
import type { LoadOptions } from './load-manifest.ts';
import type { PriceFile } from './manifest.ts';
import { buildPrices } from './build-prices.ts';
import { textIn } from './read-text.ts';
import type { Report } from './collect-findings.ts';
import { schemaFindings } from './schema-findings.ts';
import { shown } from './recognize-secrets.ts';
import { child, type MapNode, type SourceNode } from './source-node.ts';
import { readSource, withRoot, type ManifestSource } from './manifest-source.ts';
import { writtenIn, type Written } from './written-value.ts';
import { parseBounded } from './yaml-time-limit.ts';

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
