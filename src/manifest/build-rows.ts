import type { TextEncoding } from '../ports/text-encoding.ts';
import type { Delimiter, ReadRows, RowFormat } from './manifest.ts';
import { choiceOf, stringOf, stringsOf, type ReadContext } from './read-values.ts';
import { shown } from './secrets.ts';
import {
  child,
  entry,
  plainValue,
  type MapEntry,
  type MapNode,
  type SourceNode,
} from './source-node.ts';

/**
 * A `for_each` that names its rows. Undefined if it follows another task, or after reporting an
 * error. Does not read any row.
 */
export function buildRows(node: SourceNode, { source, report }: ReadContext): ReadRows | undefined {
  const place = source.place(node);
  if (node.kind === 'list') {
    if (node.items.length > 0) {
      return { kind: 'list', items: node.items.map(plainValue), key: undefined, place };
    }
    report.error(place, {
      code: 'NO_ROWS',
      message: '`for_each` has no rows',
      hint: 'give it at least one, or delete it',
    });
    return undefined;
  }
  if (node.kind !== 'map') return undefined;
  const glob = entry(node, 'glob');
  const file = entry(node, 'file');
  const paths = entry(node, 'files');
  if (entry(node, 'needs')) return refuseOthers(node, { source, report });
  const key = stringOf(child(node, 'key'));
  const [first, second] = [glob, file, paths].filter((each) => each !== undefined);
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
  const format = entry(node, 'format');
  if (!file) {
    for (const name of ABOUT_FILES) {
      const found = entry(node, name);
      if (!found) continue;
      report.error(source.keyPlace(found), {
        code: 'BAD_VALUE',
        message: `\`${name}\` has no effect on \`${first.key}\``,
        hint: 'delete it: the rows are the files themselves',
      });
    }
  }
  if (paths) return buildPaths(paths, { key, place }, { source, report });
  if (glob) {
    const patterns = stringsOf(glob.value)?.filter((pattern) => pattern.trim() !== '');
    if (patterns && patterns.length > 0) return { kind: 'glob', patterns, key, place };
    if (glob.value.kind !== 'map') {
      report.error(source.place(glob.value), {
        code: 'BAD_VALUE',
        message: '`glob` has no pattern',
        hint: 'for example, write `src/**/*.ts`',
      });
    }
    return undefined;
  }
  const name = stringOf(file?.value);
  if (!file || !name?.trim()) return undefined;
  if (name === STANDARD_INPUT && isStandardInput(source.file)) {
    refuseTwice(file, { source, report });
    return undefined;
  }
  const written = stringOf(format?.value);
  const chosen = FORMATS.get(written ?? extension(name));
  if (chosen) {
    const { format: form, delimiter: usual } = chosen;
    const delimiter = readDelimiter(node, form, { source, report }) ?? usual;
    const encoding = choiceOf(child(node, 'encoding'), ENCODINGS);
    return {
      kind: 'file',
      file: name,
      format: form,
      key,
      place,
      ...(delimiter !== undefined && { delimiter }),
      ...(encoding !== undefined && { encoding }),
    };
  }
  if (!format) {
    report.error(source.place(file.value), {
      code: 'BAD_VALUE',
      ...unreadable(name),
    });
  }
  return undefined;
}

const STANDARD_INPUT = '-';

function isStandardInput(manifest: string): boolean {
  return manifest === STANDARD_INPUT || manifest === '<stdin>';
}

function refuseTwice({ value }: MapEntry, { source, report }: ReadContext): void {
  report.error(source.place(value), {
    code: 'BAD_VALUE',
    message: '`-` is stdin, which the manifest itself came from',
    hint: 'put one of the two into a file',
  });
}

function buildPaths(
  paths: MapEntry,
  base: Pick<ReadRows, 'key' | 'place'>,
  { source, report }: ReadContext,
): ReadRows | undefined {
  const { value } = paths;
  const file = stringOf(value);
  if (file !== undefined) {
    if (file === STANDARD_INPUT && isStandardInput(source.file)) {
      refuseTwice(paths, { source, report });
      return undefined;
    }
    return file.trim() === '' ? undefined : { kind: 'paths', list: file, ...base };
  }
  const names = stringsOf(value)?.filter((name) => name.trim() !== '') ?? [];
  if (names.length > 0) return { kind: 'paths', list: names, ...base };
  if (value.kind === 'list') {
    report.error(source.place(value), {
      code: 'NO_ROWS',
      message: '`files` has no path',
      hint: 'give it at least one, or delete it',
    });
  }
  return undefined;
}

/** Rows and keys come from the needed task. */
function refuseOthers(node: MapNode, { source, report }: ReadContext): undefined {
  for (const name of ['glob', 'file', 'files', 'key', ...ABOUT_FILES]) {
    const found = entry(node, name);
    if (!found) continue;
    report.error(source.keyPlace(found), {
      code: 'BAD_VALUE',
      message: `\`${name}\` has no effect together with \`needs\``,
      hint: 'delete one of the two: rows and keys are those of the needed task',
    });
  }
}

const ABOUT_FILES = ['format', 'delimiter', 'encoding'];
const ENCODINGS: readonly TextEncoding[] = ['utf-8', 'utf-16', 'windows-1252'];
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

function readDelimiter(
  node: MapNode,
  format: RowFormat,
  { source, report }: ReadContext,
): Delimiter | undefined {
  const found = entry(node, 'delimiter');
  if (found && format !== 'csv') {
    report.error(source.keyPlace(found), {
      code: 'BAD_VALUE',
      message: '`delimiter` is for CSV files only',
      hint: 'delete it, or write `format: csv`',
    });
  }
  return choiceOf(found?.value, DELIMITERS);
}

function unreadable(name: string): { readonly message: string; readonly hint: string } {
  return SPREADSHEETS.has(extension(name))
    ? {
        message: `\`${shown(name)}\` is a spreadsheet, which Volley does not read`,
        hint: 'save it as CSV (in Excel: CSV UTF-8) and name that file',
      }
    : {
        message: `the name \`${shown(name)}\` does not say which format the rows have`,
        hint: 'add `format`: csv, tsv, jsonl, json, yaml, parquet or lines',
      };
}

const SPREADSHEETS: ReadonlySet<string> = new Set(['xlsx', 'xls', 'xlsm', 'ods', 'numbers']);

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
