import { safeJson } from '../results/serialize.ts';
import type { TableColumn, TableTarget, TableWriter } from './table.ts';

/** One object per row, with the same names in each. */
export function jsonLinesWriter(columns: readonly TableColumn[], target: TableTarget): TableWriter {
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
