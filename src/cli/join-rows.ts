import { VolleyError } from '../errors/volley-error.ts';
import type { RecordsFile } from '../journal/read-records.ts';
import type { Task } from '../plan/task.ts';
import { isJsonObject, type JsonValue } from '../ports/json.ts';
import type { ResultRecord } from '../results/record.ts';
import { loadManifest, prepare, type LoadedManifest } from '../run/library.ts';
import { usageError, type Arguments } from './arguments.ts';
import { listFlag, setFlag, textFlag } from './flag-values.ts';
import { permissionsOf } from './permission-flags.ts';

/** A record with the row of its task, or undefined if that row is unknown. */
export interface JoinedRow {
  readonly record: ResultRecord;
  readonly item: JsonValue | undefined;
}

export interface JoinedRows {
  /** Each call reads from the start, in the order of the records. */
  read(): AsyncGenerator<readonly JoinedRow[]>;
  /** How many records of the last read needed a row. */
  asked(): number;
  /** How many of those had no matching row. */
  missing(): number;
}

/** Joins each record with its row. A record that already includes its row keeps it. */
export function joinedRows(records: RecordsFile, source: RowSource | undefined): JoinedRows {
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
export async function noneJoined(
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
      ? 'pass the file that the run read its rows from'
      : `set the key column with \`--key\`: ${columns.slice(0, 40).join(', ')}`,
  );
}

interface RowSource {
  readonly filesRead: readonly string[];
  readonly tasks: () => AsyncIterable<Task>;
  /** The value by which a record matches a row's task. */
  readonly keyOf: (either: Pick<ResultRecord, 'id' | 'key'>) => string;
}

/** The rows of `--manifest` or `--rows`. Undefined without either. */
export async function rowSource(args: Arguments): Promise<RowSource | undefined> {
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
