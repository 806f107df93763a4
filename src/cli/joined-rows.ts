import type { RecordsFile } from '../journal/read-records.ts';
import type { Task } from '../plan/task.ts';
import type { JsonValue } from '../ports/json.ts';
import type { ResultRecord } from '../results/record.ts';
import { loadManifest, prepare, type LoadedManifest } from '../run/library.ts';
import { usageError, type Arguments } from './arguments.ts';
import { permissionsOf } from './permissions.ts';
import { listFlag, setFlag, textFlag } from './settings.ts';

/** A record with the row that its task was made from; undefined where nothing tells it. */
export interface JoinedRow {
  readonly record: ResultRecord;
  readonly item: JsonValue | undefined;
}

export interface JoinedRows {
  /** Each call reads from the start, in the order of the records. */
  read(): AsyncGenerator<readonly JoinedRow[]>;
  /** Records of the last reading whose row was not found. */
  missing(): number;
}

/** Rows next to the records of their tasks; a record that has its row keeps it. */
export function joinedRows(records: RecordsFile, source: RowSource | undefined): JoinedRows {
  let missing = 0;
  return {
    missing: () => missing,
    async *read() {
      const cursor = source && createCursor(source);
      missing = 0;
      for await (const batch of records.records()) {
        const joined: JoinedRow[] = [];
        for (const { record } of batch) {
          const item =
            record.item === undefined && record.key !== undefined
              ? await cursor?.find(source?.keyOf(record) ?? '')
              : record.item;
          if (cursor && item === undefined && record.key !== undefined) missing += 1;
          joined.push({ record, item });
        }
        yield joined;
      }
    },
  };
}

export interface RowSource {
  /** The files that it comes from. */
  readonly filesRead: readonly string[];
  readonly tasks: () => AsyncIterable<Task>;
  /** What a record and the task of its row have in common. */
  readonly keyOf: (either: Pick<ResultRecord, 'id' | 'key'>) => string;
}

/** The rows of `--manifest` or `--rows`; undefined where neither is given. */
export async function rowSource(args: Arguments): Promise<RowSource | undefined> {
  const [manifest, rows] = [textFlag(args, 'manifest'), textFlag(args, 'rows')];
  if (manifest !== undefined && rows !== undefined) {
    throw usageError('`--manifest` and `--rows` both name the rows', 'give one of them');
  }
  const key = textFlag(args, 'key');
  if (key !== undefined && rows === undefined) {
    throw usageError('`--key` is about the rows of `--rows`', 'leave it out');
  }
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
  const loaded = await loadManifest('<rows>', {
    text: JSON.stringify({ tasks }),
    allowPaths: [rows],
  });
  return { ...(await tasksOf(args, loaded)), keyOf: (either) => JSON.stringify(either.key) };
}

async function tasksOf(
  args: Arguments,
  loaded: LoadedManifest,
): Promise<Pick<RowSource, 'tasks' | 'filesRead'>> {
  const { plan } = await prepare(loaded, { ...permissionsOf(args), purpose: 'plan' });
  return { tasks: () => plan.tasks(), filesRead: loaded.takeFilesRead() };
}

/**
 * Finds rows that are asked for in their order, one in memory at a time. Once one is asked for that lies behind, as
 * where two tasks go over the same rows, all of them are read into memory.
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
