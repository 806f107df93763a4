import { suggest } from '../../errors/suggest.ts';
import { EXIT } from '../../errors/volley-error.ts';
import { createColumnSurvey, type ColumnSurvey } from '../../export/table-columns.ts';
import {
  formatOfName,
  TABLE_FORMATS,
  tableWriter,
  type TableFormat,
} from '../../export/table-formats.ts';
import type { TableColumn, TableRow } from '../../export/table.ts';
import { counted } from '../../report/format-numbers.ts';
import { usageError, type Arguments } from '../arguments.ts';
import { choiceFlag, listFlag, switchFlag, textFlag } from '../flag-values.ts';
import {
  joinedRows,
  noneJoined,
  rowSource,
  type JoinedRow,
  type JoinedRows,
} from '../join-rows.ts';
import { resultsArgument, tellElsewhere, withRecords } from '../results-argument.ts';
import { tellEarly } from '../terminal.ts';
import { checkWrittenFile, writeFileWhole } from '../written-file.ts';

/** Writes a results file as a table: one row per task, with its input columns. */
export async function exportResults(args: Arguments): Promise<number> {
  const results = resultsArgument(args);
  const path = targetOf(args, results);
  const format = formatOf(args, path);
  const delimiter = choiceFlag(args, 'delimiter', [',', ';']) ?? ',';
  const hasMark = switchFlag(args, 'bom');
  if (format !== 'csv' && (hasMark || textFlag(args, 'delimiter') !== undefined)) {
    throw usageError(
      `\`--${hasMark ? 'bom' : 'delimiter'}\` is for CSV, but \`${path}\` is ${format}`,
      'leave it out, or write to a file that ends in `.csv`',
    );
  }
  const overwrite = switchFlag(args, 'overwrite');
  const source = await rowSource(args);
  const reading = [results, ...(source?.filesRead ?? [])];
  const first = createSurvey();
  await withRecords(
    args,
    results,
    async (records) => {
      await checkWrittenFile({ flag: '--to ', path, reading, overwrite });
      await tellElsewhere(args, records);
      const rows = joinedRows(records, source);
      // The survey made when the file was opened may include other rows, or miss some.
      const survey = source || records.leftOut > 0 ? await surveyed(rows) : first;
      if (source && rows.missing() > 0 && rows.missing() === rows.asked()) {
        throw await noneJoined(args, records, source);
      }
      const chosen = chosenColumns(survey.columns.columns(), listFlag(args, 'columns'));
      const options = { format, delimiter, hasMark } as const;
      await writeTable(path, { survey: survey.columns, chosen, options, rows });
      await tellEarly(
        args,
        `wrote ${counted(records.count, 'row')} and ${counted(chosen.length, 'column')} to \`${path}\``,
      );
      const missing = rows.missing();
      if (missing > 0) {
        const have = missing === 1 ? 'has' : 'have';
        await tellEarly(args, `${counted(missing, 'record')} ${have} no matching row`);
      }
      if (!source && survey.lacksRows()) {
        await tellEarly(
          args,
          'the input rows are not in the results: add them with `--manifest FILE` or `--rows FILE`, or run with `--include item`',
        );
      }
    },
    { onRecord: source ? undefined : (record) => first.add({ record, item: record.item }) },
  );
  return EXIT.ok;
}

/** Collects the columns of the records, and notices if the rows that they came from are missing. */
function createSurvey() {
  const columns = createColumnSurvey();
  let [hasKeys, hasItems] = [false, false];
  return {
    columns,
    add({ record, item }: JoinedRow): void {
      columns.add(record, item);
      hasKeys ||= record.key !== undefined;
      hasItems ||= item !== undefined;
    },
    lacksRows: () => hasKeys && !hasItems,
  };
}

async function surveyed(rows: JoinedRows): Promise<ReturnType<typeof createSurvey>> {
  const survey = createSurvey();
  for await (const batch of rows.read()) for (const row of batch) survey.add(row);
  return survey;
}

function targetOf(args: Arguments, results: string): string {
  const path = textFlag(args, 'to');
  if (path !== undefined) return path;
  const base = results.replace(/\.[^./]*$/, '');
  throw usageError('no output file given', `write \`--to ${base}.csv\``);
}

function formatOf(args: Arguments, path: string): TableFormat {
  const format = formatOfName(path);
  if (format !== undefined) return format;
  throw usageError(
    `cannot tell the format from the name \`${path}\``,
    /\.xlsx?$/i.test(path)
      ? 'end it in `.csv`, which spreadsheets open; add `--bom` for Excel'
      : `end it in one of ${TABLE_FORMATS.map((name) => `\`.${name}\``).join(', ')}`,
  );
}

interface ChosenColumn extends TableColumn {
  readonly at: number;
}

function chosenColumns(
  columns: readonly TableColumn[],
  asked: readonly string[],
): readonly ChosenColumn[] {
  const all = columns.map((column, at) => ({ ...column, at }));
  if (asked.length === 0) return all;
  return namesIn(asked, columns).map((name) => {
    const alike = all.filter((column) => column.name.endsWith(`.${name}`));
    const found = all.find((column) => column.name === name) ?? (alike.length === 1 && alike[0]);
    if (found) return found;
    const names = columns.map((column) => column.name);
    const near = suggest(name, names);
    throw usageError(
      `there is no column \`${name}\``,
      near === undefined
        ? `choose from ${names.slice(0, 40).join(', ')}`
        : `did you mean \`${near}\`?`,
    );
  });
}

/** Splits at commas. A name that contains commas needs a `--columns` of its own. */
function namesIn(asked: readonly string[], columns: readonly TableColumn[]): readonly string[] {
  return asked.flatMap((text) =>
    columns.some(({ name }) => name === text)
      ? [text]
      : text
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== ''),
  );
}

async function writeTable(
  path: string,
  {
    survey,
    chosen,
    options,
    rows,
  }: {
    readonly survey: ColumnSurvey;
    readonly chosen: readonly ChosenColumn[];
    readonly options: Parameters<typeof tableWriter>[2];
    readonly rows: JoinedRows;
  },
): Promise<void> {
  await writeFileWhole(path, async (file) => {
    const writer = await tableWriter(chosen, file, options);
    for await (const batch of rows.read()) {
      await writer.write(
        batch.map(({ record, item }): TableRow => {
          const row = survey.row(record, item);
          return chosen.map(({ at }) => row[at]);
        }),
      );
    }
    await writer.finish();
  });
}
