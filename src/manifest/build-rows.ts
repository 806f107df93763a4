import type { ReadRows, RowFormat } from './manifest.ts';
import { stringOf, stringsOf, type ReadContext } from './read-values.ts';
import { shown } from './secrets.ts';
import { child, entry, plainValue, type MapNode, type SourceNode } from './source-node.ts';

/**
 * A `for_each` that names its rows; undefined when it follows another task, or something is wrong
 * with it, which is then reported. Reads no row.
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
  if (entry(node, 'needs')) return refuseOthers(node, { source, report });
  const key = stringOf(child(node, 'key'));
  if ((glob === undefined) === (file === undefined)) {
    report.error(glob && file ? source.keyPlace(file) : place, {
      code: 'BAD_VALUE',
      message: glob
        ? '`for_each` has both `glob` and `file`'
        : '`for_each` has neither `glob` nor `file`',
      hint: 'write a list, `{glob: "src/**/*.ts"}`, `{file: rows.csv}` or `{needs: review}`',
    });
    return undefined;
  }
  const format = entry(node, 'format');
  if (glob) {
    if (format) {
      report.error(source.keyPlace(format), {
        code: 'BAD_VALUE',
        message: '`format` has no effect on `glob`',
        hint: 'delete it: the rows are the files themselves',
      });
    }
    const patterns = stringsOf(glob.value)?.filter((pattern) => pattern.trim() !== '');
    if (patterns && patterns.length > 0) return { kind: 'glob', patterns, key, place };
    if (glob.value.kind !== 'map') {
      report.error(source.place(glob.value), {
        code: 'BAD_VALUE',
        message: '`glob` has no pattern',
        hint: 'write for example `src/**/*.ts`',
      });
    }
    return undefined;
  }
  const name = stringOf(file?.value);
  if (!file || !name?.trim()) return undefined;
  const written = stringOf(format?.value);
  const chosen = written === undefined ? FORMATS.get(extension(name)) : asFormat(written);
  if (chosen) return { kind: 'file', file: name, format: chosen, key, place };
  if (!format) {
    report.error(source.place(file.value), {
      code: 'BAD_VALUE',
      message: `the name \`${shown(name)}\` does not tell the format of the rows`,
      hint: 'add `format`: csv, jsonl, json, yaml or lines',
    });
  }
  return undefined;
}

/** The rows and keys of another task leave nothing to say about either. */
function refuseOthers(node: MapNode, { source, report }: ReadContext): undefined {
  for (const name of ['glob', 'file', 'key', 'format']) {
    const found = entry(node, name);
    if (!found) continue;
    report.error(source.keyPlace(found), {
      code: 'BAD_VALUE',
      message: `\`${name}\` has no effect beside \`needs\``,
      hint: 'delete one of the two: rows and keys are those of the needed task',
    });
  }
}

const FORMATS: ReadonlyMap<string, RowFormat> = new Map([
  ['csv', 'csv'],
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
  ['json', 'json'],
  ['yaml', 'yaml'],
  ['yml', 'yaml'],
  ['txt', 'lines'],
]);

function extension(name: string): string {
  return /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

function asFormat(written: string): RowFormat | undefined {
  return [...FORMATS.values()].find((format) => format === written);
}
