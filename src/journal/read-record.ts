import { type ReadableFile, readExactly } from '../ports/disk.ts';
import type { ResultRecord } from '../results/record.ts';
import { withVerdict } from '../results/unexpected-answer.ts';
import { checkCompanionLine } from './companion.ts';
import type { Label, LineTable } from './line-table.ts';
import { isMarkedId, withPlainId, checkLine } from './record-line.ts';

/** The files that contain a table's lines. */
export interface JournalFiles {
  readonly results: ReadableFile;
  /** Undefined if the table has no lines of the companion. */
  readonly companion: ReadableFile | undefined;
}

export function fileOf(files: JournalFiles, table: LineTable, line: number): ReadableFile {
  const file = line < table.companionCount ? files.companion : files.results;
  if (!file) throw new Error('there is no companion to read from');
  return file;
}

/** The record of a line, with the current label of its task. */
export async function readRecord(
  files: JournalFiles,
  table: LineTable,
  line: number,
): Promise<ResultRecord> {
  const { columns } = table;
  const place = { offset: columns.offset.at(line), length: columns.length.at(line) };
  const bytes = await readExactly(fileOf(files, table, line), place);
  return recordNow(table, line, bytes);
}

/** The record in a line, with the current label of its task and verdict on its answer. */
export function recordNow(table: LineTable, line: number, bytes: Uint8Array): ResultRecord {
  const record = labelled(recordIn(table, line, bytes), table.labels.get(line));
  return table.verdicts.has(line) ? withVerdict(record, table.verdicts.get(line)) : record;
}

/** The record in the bytes of a line, with the label it was written with. */
export function recordIn(table: LineTable, line: number, bytes: Uint8Array): ResultRecord {
  const checked =
    line < table.companionCount
      ? companionRecord(bytes)
      : checkLine(bytes.subarray(0, textEnd(bytes)));
  if (!checked.ok) {
    throw new Error(`the results file was changed while in use: a line ${checked.problem}`);
  }
  return isMarkedId(checked.value) ? withPlainId(checked.value) : checked.value;
}

function companionRecord(bytes: Uint8Array): ReturnType<typeof checkLine> {
  const checked = checkCompanionLine(bytes.subarray(0, textEnd(bytes)));
  if (!checked.ok) return checked;
  const { record } = checked.value;
  return record
    ? { ok: true, value: record }
    : { ok: false, problem: 'has no record', isWhole: true };
}

/** The length of a line without its line break. */
function textEnd(bytes: Uint8Array): number {
  return bytes.at(-1) === NEWLINE ? bytes.length - 1 : bytes.length;
}

const NEWLINE = 10;

function labelled(record: ResultRecord, label: Label | undefined): ResultRecord {
  if (!label) return record;
  const { key: _key, matrix: _matrix, ...own } = record;
  const { v: _v, id: _id, task: _task, index: _index, ...rest } = own;
  return { v: 1, ...label, ...rest };
}
