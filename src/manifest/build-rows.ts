import type { TextEncoding } from '../ports/text-encoding.ts';
import type { Delimiter, ReadRows, RowFormat } from './manifest.ts';
import { shown } from './recognize-secrets.ts';
import { plainValue } from './source-node.ts';
import type { Written } from './written-value.ts';

/**
 * Reads a `for_each` that has its own rows. Undefined if it follows another task, or after an
 * error. `isStdin`: the manifest was read from stdin.
 */
export function buildRows(
  written: Written,
  { isStdin }: { readonly isStdin: boolean },
): ReadRows | undefined {
  const { node, place } = written;
  if (node?.kind === 'list') {
    if (node.items.length === 0) written.error(noRows('`for_each` has no rows'));
    else return { kind: 'list', items: node.items.map(plainValue), key: undefined, place };
  }
  if (!written.isMap) return undefined;
  if (written.get('needs').isGiven) {
    const hint = 'delete one of the two: rows and keys are those of the needed task';
    for (const name of [...SOURCES, 'key', ...ABOUT_FILES]) {
      refuse(written.get(name), 'together with `needs`', hint);
    }
    return undefined;
  }
  const [first, second] = SOURCES.map((name) => written.get(name)).filter(({ isGiven }) => isGiven);
  if (!first || second) {
    if (second) second.keyError(oneSource(`has both \`${first?.key}\` and \`${second.key}\``));
    else written.error(oneSource('has neither `glob`, `file` nor `files`'));
    return undefined;
  }
  const { key: kind, string: file } = first;
  const base = { key: written.get('key').string, place };
  if (kind !== 'file') {
    const hint = 'delete it: the rows are the files themselves';
    for (const name of ABOUT_FILES) refuse(written.get(name), `on \`${kind}\``, hint);
  }
  if (file === '-' && isStdin && kind !== 'glob') {
    const message = '`-` is stdin, which the manifest itself was read from';
    first.error({ message, hint: 'put one of the two in a file' });
    return undefined;
  }
  if (kind === 'file') return file?.trim() ? buildFile(file, written, base) : undefined;
  const names = (first.strings ?? []).filter((name) => name.trim() !== '');
  if (kind === 'glob') {
    if (names.length > 0) return { kind, patterns: names, ...base };
    if (!first.isMap)
      first.error({ message: '`glob` has no pattern', hint: 'for example, write `src/**/*.ts`' });
    return undefined;
  }
  if (names.length > 0) return { kind: 'paths', list: file ?? names, ...base };
  if (first.isList) first.error(noRows('`files` has no path'));
  return undefined;
}

function noRows(message: string) {
  return { code: 'NO_ROWS', message, hint: 'give it at least one, or delete it' } as const;
}

function oneSource(what: string) {
  const hint =
    'write a list, `{glob: "src/**/*.ts"}`, `{file: rows.csv}`, `{files: changed.txt}` or `{needs: review}`';
  return { message: `\`for_each\` ${what}`, hint };
}

function refuse(found: Written, where: string, hint: string): void {
  if (found.isGiven) found.keyError({ message: `\`${found.key}\` has no effect ${where}`, hint });
}

const SOURCES = ['glob', 'file', 'files'];
const ABOUT_FILES = ['format', 'delimiter', 'encoding'];
const ENCODINGS: readonly TextEncoding[] = ['utf-8', 'utf-16', 'windows-1252'];
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

function buildFile(
  file: string,
  written: Written,
  base: Pick<ReadRows, 'key' | 'place'>,
): ReadRows | undefined {
  const format = written.get('format');
  const chosen = FORMATS.get(format.string ?? extension(file));
  if (!chosen) {
    if (!format.isGiven) written.get('file').error(unreadable(file));
    return undefined;
  }
  const found = written.get('delimiter');
  if (found.isGiven && chosen.format !== 'csv') {
    const message = '`delimiter` is only for CSV files';
    found.keyError({ message, hint: 'delete it, or write `format: csv`' });
  }
  const delimiter = found.choice(DELIMITERS);
  const encoding = written.get('encoding').choice(ENCODINGS);
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
