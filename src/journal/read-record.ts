import type { ReadableFile } from '../ports/disk.ts';
import type { ResultRecord } from '../results/record.ts';
import { labelOf, offsetOf, type Label, type LineTable } from './line-table.ts';
import { checkLine } from './record-line.ts';
import { readExactly } from '../ports/write-all.ts';

/** The record of a line, with the id and index that its task has now. */
export async function readRecord(
  file: ReadableFile,
  table: LineTable,
  line: number,
): Promise<ResultRecord> {
  const offset = offsetOf(table, line);
  const length = offsetOf(table, line + 1) - offset;
  const checked = checkLine(await readExactly(file, { offset, length }));
  if (!checked.ok)
    throw new Error(`the results file was changed while in use: a line ${checked.problem}`);
  return labelled(checked.record, labelOf(table, line));
}

/** The record of the task that has it now. Another id is another row or combination. */
export function labelled(record: ResultRecord, label: Partial<Label>): ResultRecord {
  if (label.id === undefined) return { ...record, ...label };
  const { key: _key, matrix: _matrix, ...own } = record;
  const { v, id, task, index, ...rest } = own;
  return { v, id, task, index, ...label, ...rest };
}
