import { delimitedWriter } from './csv-file.ts';
import type { TableColumn, TableTarget, TableWriter } from './table.ts';
import { safeJson } from '../results/serialize.ts';

/** The formats of tables, by file extension. */
export const TABLE_FORMATS = ['csv', 'tsv', 'jsonl', 'parquet', 'sqlite'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

const ENDS: Readonly<Record<string, TableFormat>> = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
  sqlite: 'sqlite',
  sqlite3: 'sqlite',
  db: 'sqlite',
};

/** Undefined for an unknown extension. */
export function formatOfName(name: string): TableFormat | undefined {
  const end = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase();
  return end === undefined ? undefined : ENDS[end];
}

interface FormatOptions {
  readonly format: TableFormat;
  readonly delimiter: ',' | ';';
  readonly hasMark: boolean;
}

/** Loads only the packages that the format needs. */
export async function tableWriter(
  columns: readonly TableColumn[],
  target: TableTarget,
  { format, delimiter, hasMark }: FormatOptions,
): Promise<TableWriter> {
  switch (format) {
    case 'csv':
      return delimitedWriter(columns, { delimiter, hasMark }, target);
    case 'tsv':
      return delimitedWriter(columns, { delimiter: '\t', hasMark }, target);
    case 'jsonl':
      return jsonLinesWriter(columns, target);
    case 'parquet': {
      const { parquetWriter } = await import('./parquet-file.ts');
      return parquetWriter(columns, target);
    }
    case 'sqlite': {
      const { sqliteWriter } = await import('./sqlite-file.ts');
      return sqliteWriter(columns, target);
    }
  }
}

/** One object per row, all with the same names. */
function jsonLinesWriter(columns: readonly TableColumn[], target: TableTarget): TableWriter {
  return {
    async write(rows) {
      const lines = rows.map((row) => {
        const entries = columns.map(({ name }, at) => [name, row[at] ?? null] as const);
        return `${safeJson(Object.fromEntries(entries))}\n`;
      });
      await target.write(lines.join(''));
    },
    finish: () => Promise.resolve(),
  };
}
