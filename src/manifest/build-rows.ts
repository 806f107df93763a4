import type { TextEncoding } from '../ports/text-encoding.ts';
import type { Delimiter, ReadRows, RowFormat } from './manifest.ts';
import { choiceOf, stringOf, stringsOf, type ReadContext } from './read-values.ts';
import { shown } from './secrets.ts';
import { child, entry, plainValue, type MapNode, type SourceNode } from './source-node.ts';

/**
 * Reads a `for_each` that has its own rows. Undefined if it follows another task, or after an
 * error.
 */
export function buildRows(node: SourceNode, context: ReadContext): ReadRows | undefined {
  const { source, report } = context;
  const place = source.place(node);
  if (node.kind === 'list') {
    if (node.items.length > 0) {
      return { kind: 'list', items: node.items.map(plainValue), key: undefined, place };
    }
    report.error(place, noRows('`for_each` has no rows'));
    return undefined;
  }
  if (node.kind !== 'map') return undefined;
  if (entry(node, 'needs')) {
    const hint = 'delete one of the two: rows and keys are those of the needed task';
    refuseKeys(node, ['glob', 'file', 'files', 'key', ...ABOUT_FILES], {
      context,
      where: 'together with `needs`',
      hint,
    });
    return undefined;
  }
  const [first, second] = ['glob', 'file', 'files'].flatMap((name) => entry(node, name) ?? []);
  if (!first || second) {
    report.error(second ? source.keyPlace(second) : place, {
      code: 'BAD_VALUE',
      message:
        first && second
          ? `\`for_each\` has both \`${first.key}\` and \`${second.key}\``
          : '`for_each` has neither `glob`, `file` nor `files`',
      hint: 'write a list, `{glob: "src/**/*.ts"}`, `{file: rows.csv}`, `{files: changed.txt}` or `{needs: review}`',
    });
    return undefined;
  }
  const { key: kind, value } = first;
  const base = { key: stringOf(child(node, 'key')), place };
  const file = kind === 'glob' ? undefined : stringOf(value);
  if (kind !== 'file') {
    const hint = 'delete it: the rows are the files themselves';
    refuseKeys(node, ABOUT_FILES, { context, where: `on \`${kind}\``, hint });
  }
  if (file === '-' && (source.file === '-' || source.file === '<stdin>')) {
    report.error(source.place(value), {
      code: 'BAD_VALUE',
      message: '`-` is stdin, which the manifest itself was read from',
      hint: 'put one of the two in a file',
    });
    return undefined;
  }
  if (file !== undefined) {
    if (file.trim() === '') return undefined;
    return kind === 'file'
      ? buildFile(file, { ...base, node, value }, context)
      : { kind: 'paths', list: file, ...base };
  }
  const names =
    kind === 'file' ? [] : (stringsOf(value) ?? []).filter((name) => name.trim() !== '');
  if (names.length > 0) {
    return kind === 'glob'
      ? { kind, patterns: names, ...base }
      : { kind: 'paths', list: names, ...base };
  }
  if (kind === 'glob' && value.kind !== 'map') {
    report.error(source.place(value), {
      code: 'BAD_VALUE',
      message: '`glob` has no pattern',
      hint: 'for example, write `src/**/*.ts`',
    });
  } else if (kind === 'files' && value.kind === 'list') {
    report.error(source.place(value), noRows('`files` has no path'));
  }
  return undefined;
}

function noRows(message: string) {
  return { code: 'NO_ROWS', message, hint: 'give it at least one, or delete it' } as const;
}

interface Refusal {
  readonly context: ReadContext;
  readonly where: string;
  readonly hint: string;
}

function refuseKeys(
  node: MapNode,
  names: readonly string[],
  { context: { source, report }, where, hint }: Refusal,
): void {
  for (const found of names.flatMap((name) => entry(node, name) ?? [])) {
    const message = `\`${found.key}\` has no effect ${where}`;
    report.error(source.keyPlace(found), { code: 'BAD_VALUE', message, hint });
  }
}

const ABOUT_FILES = ['format', 'delimiter', 'encoding'];
const ENCODINGS: readonly TextEncoding[] = ['utf-8', 'utf-16', 'windows-1252'];
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

function buildFile(
  file: string,
  {
    node,
    value,
    ...base
  }: Pick<ReadRows, 'key' | 'place'> & { readonly node: MapNode; readonly value: SourceNode },
  { source, report }: ReadContext,
): ReadRows | undefined {
  const format = child(node, 'format');
  const chosen = FORMATS.get(stringOf(format) ?? extension(file));
  if (!chosen) {
    if (!format) report.error(source.place(value), { code: 'BAD_VALUE', ...unreadable(file) });
    return undefined;
  }
  const found = entry(node, 'delimiter');
  if (found && chosen.format !== 'csv') {
    report.error(source.keyPlace(found), {
      code: 'BAD_VALUE',
      message: '`delimiter` is only for CSV files',
      hint: 'delete it, or write `format: csv`',
    });
  }
  const delimiter = choiceOf(found?.value, DELIMITERS);
  const encoding = choiceOf(child(node, 'encoding'), ENCODINGS);
  return {
    kind: 'file',
    file,
    ...base,
    ...chosen,
    ...(delimiter !== undefined && { delimiter }),
    ...(encoding !== undefined && { encoding }),
  };
}

function unreadable(name: string): { readonly message: string; readonly hint: string } {
  return /^(?:xls[xm]?|ods|numbers)$/.test(extension(name))
    ? {
        message: `\`${shown(name)}\` is a spreadsheet, which Volley does not read`,
        hint: 'save it as CSV (in Excel: CSV UTF-8) and use that file',
      }
    : {
        message: `the name \`${shown(name)}\` does not say which format the rows have`,
        hint: 'add `format`: csv, tsv, jsonl, json, yaml, parquet or lines',
      };
}

interface NamedFormat {
  readonly format: RowFormat;
  readonly delimiter?: Delimiter;
}

const FORMATS: ReadonlyMap<string, NamedFormat> = new Map<string, NamedFormat>([
  ['csv', { format: 'csv' }],
  ['tsv', { format: 'csv', delimiter: '\t' }],
  ['tab', { format: 'csv', delimiter: '\t' }],
  ['jsonl', { format: 'jsonl' }],
  ['ndjson', { format: 'jsonl' }],
  ['json', { format: 'json' }],
  ['yaml', { format: 'yaml' }],
  ['yml', { format: 'yaml' }],
  ['parquet', { format: 'parquet' }],
  ['txt', { format: 'lines' }],
  ['lines', { format: 'lines' }],
]);

function extension(name: string): string {
  return /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}
