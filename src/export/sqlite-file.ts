import { openDatabase } from '../ports/system-sqlite.ts';
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
  // This is safe: nobody reads the file before it is complete, and after a crash it is created
  // again.
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
  const defined = columns.map(({ name, kind }) => `${quoted(name)} ${TYPES[kind]}`);
  database.exec(`CREATE TABLE ${SQLITE_TABLE} (${defined.join(', ')})`);
  const insert = database.prepare(
    `INSERT INTO ${SQLITE_TABLE} VALUES (${columns.map(() => '?').join(', ')})`,
  );
  return {
    write(rows) {
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
      return Promise.resolve();
    },
    finish() {
      database.close();
      return Promise.resolve();
    },
  };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
