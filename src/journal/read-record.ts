import type { DiskFile } from '../ports/disk.ts';
import type { ResultRecord } from '../results/record.ts';
import type { LineTable } from './line-table.ts';
import { checkLine } from './record-line.ts';
import { readExactly } from '../ports/write-all.ts';

/** The record of a line, with the id and index that its task has now. */
export async function readRecord(
  file: DiskFile,
  table: LineTable,
  line: number,
): Promise<ResultRecord> {
  const { offset, length, index } = table.columns;
  const place = { offset: offset.values[line] ?? 0, length: length.values[line] ?? 0 };
  const checked = checkLine(await readExactly(file, place));
  if (!checked.ok)
    throw new Error(`the results file was changed while in use: a line ${checked.problem}`);
  const { record } = checked;
  return { ...record, ...table.renamed.get(line), index: index.values[line] ?? record.index };
}
