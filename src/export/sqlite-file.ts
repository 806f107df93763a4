import { systemError } from '../ports/error-code.ts';
import { openDatabase, sqliteCode } from '../ports/system-sqlite.ts';
import {
  cellOf,
  type ColumnKind,
  type TableColumn,
  type TableTarget,
  type TableWriter,
} from './table.ts';

const SQLITE_TABLE = 'results';

const TYPES: Readonly<Record<ColumnKind, string>> = {
  text: 'TEXT',
  json: 'TEXT',
  integer: 'INTEGER',
  number: 'REAL',
  boolean: 'INTEGER',
};

/** A database with one table. SQLite itself writes the file. */
export async function sqliteWriter(
  columns: readonly TableColumn[],
  { draft }: TableTarget,
): Promise<TableWriter> {
  const database = await openDatabase(draft);
  const defined = columns.map(({ name, kind }) => `${quoted(name)} ${TYPES[kind]}`);
  const insert = onDisk(() => {
    // This is safe: nobody reads the file before it is complete, and after a crash it is created
    // again.
    database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
    database.exec(`CREATE TABLE ${SQLITE_TABLE} (${defined.join(', ')})`);
    return database.prepare(
      `INSERT INTO ${SQLITE_TABLE} VALUES (${columns.map(() => '?').join(', ')})`,
    );
  });
  return {
    async write(rows) {
      onDisk(() => {
        database.exec('BEGIN');
        for (const row of rows) {
          insert.run(
            ...columns.map(({ kind }, at) => {
              const cell = cellOf(row[at], kind);
              return typeof cell === 'boolean' ? Number(cell) : cell;
            }),
          );
        }
        database.exec('COMMIT');
      });
    },
    async finish() {
      onDisk(() => database.close());
    },
  };
}

/** SQLite's result codes for problems of the disk, and the system's codes for the same. */
const DISK_CODES: Readonly<Record<number, string>> = { 8: 'EROFS', 10: 'EIO', 13: 'ENOSPC' };

/** Does the work, and turns SQLite's errors about the disk into the system's. */
function onDisk<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const code = DISK_CODES[sqliteCode(error) ?? 0];
    throw code === undefined ? error : systemError(code);
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
