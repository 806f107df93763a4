import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import type { Place } from '../errors/finding.ts';
import { isBlank, oddCharacter, plainName } from '../errors/invisible.ts';
import type { Delimiter } from '../manifest/manifest.ts';
import { csvDialect, peekLine, type CsvDialect } from './csv-dialect.ts';
import { badRow, rowWarning, type RowBatches, type RowRead } from './read-row.ts';

/** CSV as in RFC 4180. The first line names the columns. Lines without any value are skipped. */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  /** The delimiter is detected from the first line and reported, unless it is given. */
  { delimiter: forced }: { readonly delimiter?: Delimiter | undefined } = {},
): RowBatches {
  const { start, all } = await peekLine(chunks);
  const { delimiter, hasSeparatorLine }: CsvDialect = {
    ...csvDialect(start),
    ...(forced !== undefined && { delimiter: forced }),
  };
  const isFound = forced === undefined && !hasSeparatorLine && delimiter !== ',';
  if (isFound) yield [delimiterWarning(delimiter, file)];
  let lastLine = 0;
  const parser = parse({
    bom: true,
    delimiter,
    ...(hasSeparatorLine && { from_line: 2 }),
    info: true,
    max_record_size: MAX_RECORD_BYTES,
    // Collects each record immediately: if the parser fails, it loses records that were not read
    // yet.
    on_record(record, { lines }) {
      lastLine = lines;
      return record;
    },
    record_delimiter: ['\r\n', '\n', '\r'],
    // Rows with too few or too many values get their own findings.
    relax_column_count: true,
    skip_empty_lines: true,
  });
  // Errors are thrown where the records are read.
  const feeding = pipeline(Readable.from(all()), parser).catch(() => undefined);
  const firstLineOf = firstLines();
  let emptyRows = 0;
  let firstEmptyLine = 0;
  let columns: readonly string[] | undefined;
  let number = 0;
  let batch: RowRead[] = [];
  try {
    for await (const read of parser) {
      const { record, endLine } = csvRecord(read);
      const line = firstLineOf(record, endLine);
      if (!columns) {
        const problem = headerProblem(record, file, line);
        if (problem) {
          yield [problem];
          return;
        }
        columns = record.map(plainName);
        const odd = record.map(oddCharacter).findIndex((each) => each !== undefined);
        if (odd !== -1) batch.push(oddNameWarning(record[odd] ?? '', { file, line, column: 1 }));
        continue;
      }
      // An empty row still counts, so that rows without a key keep their numbers.
      number += 1;
      if (record.every(isBlank)) {
        if (emptyRows === 0) firstEmptyLine = line;
        emptyRows += 1;
        continue;
      }
      batch.push(csvRow(columns, record, { file, line, number, delimiter }));
      if (batch.length < BATCH_ROWS) continue;
      yield batch;
      batch = [];
    }
    await feeding;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    batch.push(syntaxProblem(error, { file, line: lastLine + 1, column: 1 }));
  }
  if (emptyRows > 0) {
    batch.push(emptyRowsWarning(emptyRows, { file, line: firstEmptyLine, column: 1 }));
  }
  yield batch;
}

const MAX_RECORD_BYTES = 16 * 1024 * 1024;
const BATCH_ROWS = 256;

const DELIMITER_NAMES: Readonly<Record<Delimiter, string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'pipe',
};

function delimiterWarning(delimiter: Delimiter, file: string): RowRead {
  const written = delimiter === '\t' ? '\\t' : delimiter;
  return rowWarning(
    `\`${file}\` is read with a ${DELIMITER_NAMES[delimiter]} as the delimiter, as in its first line`,
    `write \`delimiter: "${written}"\` next to \`file\` to confirm this, or \`delimiter: ","\` if that is wrong`,
    { file, line: 1, column: 1 },
    'DELIMITER_FOUND',
  );
}

function oddNameWarning(written: string, place: Place): RowRead {
  const odd = oddCharacter(written) ?? 'an odd character';
  return rowWarning(
    `the column \`${plainName(written)}\` is written with ${odd}, and read without it`,
    'write the name with plain characters in the first line',
    place,
  );
}

function emptyRowsWarning(amount: number, place: Place): RowRead {
  return amount === 1
    ? rowWarning('the row has no value in any column, and is left out', 'delete the line', place)
    : rowWarning(
        `${amount} rows have no value in any column, and are left out; this is the first`,
        'delete these lines',
        place,
      );
}

function csvRecord(read: unknown): { record: readonly string[]; endLine: number } {
  if (typeof read === 'object' && read !== null && 'record' in read && 'info' in read) {
    const { record, info } = read;
    const hasLines = typeof info === 'object' && info !== null && 'lines' in info;
    if (Array.isArray(record) && hasLines) return { record, endLine: Number(info.lines) };
  }
  throw new Error('csv-parse returned a record in another form');
}

/**
 * Finds the first line of a record. The parser returns the last line, and counts `\r\n` inside
 * quotes twice.
 */
function firstLines(): (record: readonly string[], endLine: number) => number {
  let countedTwice = 0;
  return (record, endLine) => {
    const broken = record.filter((field) => /[\r\n]/.test(field));
    const breaks = broken.flatMap((field) => field.match(/\r\n|\n|\r/g) ?? []);
    countedTwice += breaks.filter((each) => each === '\r\n').length;
    return endLine - countedTwice - breaks.length;
  };
}

function headerProblem(record: readonly string[], file: string, line: number): RowRead | undefined {
  const place = { file, line, column: 1 };
  const seen = new Set<string>();
  for (const [index, written] of record.entries()) {
    const name = plainName(written);
    if (name === '') {
      return badRow(`column ${index + 1} has no name`, 'the first line names every column', place);
    }
    if (seen.has(name)) {
      return badRow(`two columns are named \`${name}\``, 'give each column its own name', place);
    }
    seen.add(name);
  }
  return undefined;
}

interface CsvRowPlace {
  readonly file: string;
  readonly line: number;
  readonly number: number;
  readonly delimiter: Delimiter;
}

function csvRow(
  columns: readonly string[],
  record: readonly string[],
  { file, line, number, delimiter }: CsvRowPlace,
): RowRead {
  if (record.length !== columns.length) {
    return badRow(
      `the row has ${count(record.length, 'value')}, but there are ${count(columns.length, 'column')}`,
      `put a value that contains a ${DELIMITER_NAMES[delimiter]} in double quotes`,
      { file, line, column: 1 },
    );
  }
  // Unlike an assignment, this makes `__proto__` an ordinary column.
  const item = Object.fromEntries(columns.map((name, index) => [name, record[index] ?? '']));
  return { ok: true, item, number, line };
}

function count(amount: number, word: string): string {
  return `${amount} ${word}${amount === 1 ? '' : 's'}`;
}

function syntaxProblem(error: CsvError, place: Place): RowRead {
  const [message, hint] = SYNTAX_PROBLEMS[error.code] ?? NOT_CSV;
  return badRow(message, hint, place);
}

type Words = readonly [message: string, hint: string];

const NOT_CSV: Words = ['the row is not CSV', 'separate values with commas, rows with line breaks'];
const STRAY_QUOTE: Words = [
  'a double quote is in the middle of a value',
  'put the whole value in double quotes, and write `""` for the character',
];
const SYNTAX_PROBLEMS: Readonly<Record<string, Words>> = {
  CSV_QUOTE_NOT_CLOSED: [
    'a double quote is never closed',
    'close it, or write `""` for the character',
  ],
  INVALID_OPENING_QUOTE: STRAY_QUOTE,
  CSV_INVALID_CLOSING_QUOTE: STRAY_QUOTE,
  CSV_MAX_RECORD_SIZE: [
    'the row is longer than 16 MiB',
    'look for a double quote that is never closed',
  ],
};
