import { suggest } from '../../errors/suggest.ts';
import { EXIT, VolleyError } from '../../errors/volley-error.ts';
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
import { resultsArgument, tellElsewhere, withRecords } from '../read-records.ts';
import { choiceFlag, listFlag, switchFlag, textFlag, setFlag } from '../flag-values.ts';
import { tellEarly } from '../terminal.ts';
import { checkWrittenFile, writeFileWhole } from '../written-file.ts';
import type { RecordsFile } from '../../journal/read-records.ts';
import type { Task } from '../../plan/task.ts';
import { isJsonObject, type JsonValue } from '../../ports/json.ts';
import type { ResultRecord } from '../../results/record.ts';
import { loadManifest, prepare, type LoadedManifest } from '../../run/library.ts';
import { permissionsOf } from '../permission-flags.ts';

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
      if (rows.missing() > 0) {
        await tellEarly(args, `${counted(rows.missing(), 'record')} have no matching row`);
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

/** A record with the row of its task, or undefined if that row is unknown. */
interface JoinedRow {
  readonly record: ResultRecord;
  readonly item: JsonValue | undefined;
}

interface JoinedRows {
  /** Each call reads from the start, in the order of the records. */
  read(): AsyncGenerator<readonly JoinedRow[]>;
  /** How many records of the last read needed a row. */
  asked(): number;
  /** How many of those had no matching row. */
  missing(): number;
}

/** Joins each record with its row. A record that already includes its row keeps it. */
function joinedRows(records: RecordsFile, source: RowSource | undefined): JoinedRows {
  let [asked, missing] = [0, 0];
  return {
    asked: () => asked,
    missing: () => missing,
    async *read() {
      const cursor = source && createCursor(source);
      [asked, missing] = [0, 0];
      for await (const batch of records.records()) {
        const joined: JoinedRow[] = [];
        for (const { record } of batch) {
          const isAsked = record.item === undefined && record.key !== undefined;
          const item = isAsked ? await cursor?.find(source?.keyOf(record) ?? '') : record.item;
          if (cursor && isAsked) asked += 1;
          if (cursor && isAsked && item === undefined) missing += 1;
          joined.push({ record, item });
        }
        yield joined;
      }
    },
  };
}

/** No record has a row, so this is probably the wrong file or column. */
async function noneJoined(
  args: Arguments,
  records: RecordsFile,
  { tasks }: RowSource,
): Promise<VolleyError> {
  const rows = textFlag(args, 'rows');
  const named = rows === undefined ? `--manifest ${textFlag(args, 'manifest')}` : `--rows ${rows}`;
  let columns: readonly string[] = [];
  for await (const { item } of tasks()) {
    if (isJsonObject(item)) columns = Object.keys(item);
    break;
  }
  return usageError(
    `\`${named}\` has no row with the key of any record in \`${records.name}\``,
    rows === undefined || columns.length === 0
      ? 'give the file that the run read its rows from'
      : `give the key column with \`--key\`: ${columns.slice(0, 40).join(', ')}`,
  );
}

interface RowSource {
  readonly filesRead: readonly string[];
  readonly tasks: () => AsyncIterable<Task>;
  /** The value by which a record matches a row's task. */
  readonly keyOf: (either: Pick<ResultRecord, 'id' | 'key'>) => string;
}

/** The rows of `--manifest` or `--rows`. Undefined without either. */
async function rowSource(args: Arguments): Promise<RowSource | undefined> {
  const [manifest, rows] = [textFlag(args, 'manifest'), textFlag(args, 'rows')];
  const key = textFlag(args, 'key');
  if (manifest !== undefined) {
    const loaded = await loadManifest(manifest, {
      set: setFlag(args),
      allowPaths: listFlag(args, 'allow-path'),
    });
    return { ...(await tasksOf(args, loaded)), keyOf: ({ id }) => id };
  }
  if (rows === undefined) return undefined;
  const forEach = { file: rows, ...(key !== undefined && { key }) };
  const tasks = [{ id: 'row', for_each: forEach, prompt: 'row', model: 'mock/small' }];
  try {
    const loaded = await loadManifest('<rows>', {
      text: JSON.stringify({ tasks }),
      allowPaths: [rows],
    });
    return { ...(await tasksOf(args, loaded)), keyOf: (either) => JSON.stringify(either.key) };
  } catch (error) {
    throw error instanceof VolleyError ? aboutRows(error) : error;
  }
}

/**
 * The user never saw the manifest that we generated for the rows, so its file must not be
 * mentioned.
 */
function aboutRows(error: VolleyError): VolleyError {
  const [first] = error.findings;
  if (first?.place.file !== '<rows>') return error;
  return usageError(
    `\`--rows\`: ${first.message}`,
    (first.hint ?? '').replace("the manifest's folder", 'the current folder'),
  );
}

async function tasksOf(
  args: Arguments,
  loaded: LoadedManifest,
): Promise<Pick<RowSource, 'tasks' | 'filesRead'>> {
  const { plan } = await prepare(loaded, { ...permissionsOf(args), purpose: 'plan' });
  return { tasks: () => plan.tasks(), filesRead: loaded.takeFilesRead() };
}

/**
 * Finds rows in order, with one in memory at a time. A request for an earlier row, as when two
 * tasks share the same rows, makes it read all rows into memory.
 */
function createCursor({ tasks, keyOf }: RowSource): {
  find(key: string): Promise<JsonValue | undefined>;
} {
  const ahead = tasks()[Symbol.asyncIterator]();
  let current: Task | undefined;
  let all: Map<string, JsonValue | undefined> | undefined;

  async function readAll(): Promise<Map<string, JsonValue | undefined>> {
    const items = new Map<string, JsonValue | undefined>();
    for await (const task of tasks()) items.set(keyOf(task), task.item);
    return items;
  }

  return {
    async find(key) {
      if (all) return all.get(key);
      if (current && keyOf(current) === key) return current.item;
      for (let next = await ahead.next(); next.done !== true; next = await ahead.next()) {
        current = next.value;
        if (keyOf(current) === key) return current.item;
      }
      all = await readAll();
      return all.get(key);
    },
  };
}
