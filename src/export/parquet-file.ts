import { ByteWriter, ParquetWriter, schemaFromColumnData, type BasicType } from 'hyparquet-writer';
import type { JsonValue } from '../ports/json.ts';
import {
  cellOf,
  type ColumnKind,
  type TableColumn,
  type TableRow,
  type TableTarget,
  type TableWriter,
} from './table.ts';

/** Rows to collect before writing a group. */
const GROUP_ROWS = 10_000;
/** Characters to collect before writing a group. */
const GROUP_CHARACTERS = 32 * 1024 * 1024;

const TYPES: Readonly<Record<ColumnKind, BasicType>> = {
  text: 'STRING',
  json: 'JSON',
  integer: 'INT64',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
};

/** Apache Parquet, compressed with Snappy. Every column may be null. */
export function parquetWriter(columns: readonly TableColumn[], target: TableTarget): TableWriter {
  const bytes = new ByteWriter();
  const flush = async (): Promise<void> => {
    const part = new Uint8Array(bytes.buffer, 0, bytes.index).slice();
    bytes.index = 0;
    await target.write(part);
  };
  const parquet = new ParquetWriter({
    writer: Object.assign(bytes, { flush }),
    schema: schemaFromColumnData({
      columnData: columns.map(({ name, kind }) => ({ name, type: TYPES[kind], data: [] })),
    }),
    createdBy: 'volley',
  });
  let held: TableRow[] = [];
  let characters = 0;

  async function writeHeld(): Promise<void> {
    if (held.length === 0) return;
    await parquet.write({
      columnData: columns.map(({ name, kind }, at) => ({
        name,
        type: TYPES[kind],
        data: held.map((row) => parquetValue(row[at], kind)),
        offsetIndex: false,
      })),
      rowGroupSize: held.length,
    });
    held = [];
    characters = 0;
  }

  return {
    async write(rows) {
      for (const row of rows) {
        held.push(row);
        for (const value of row) if (typeof value === 'string') characters += value.length;
        if (held.length >= GROUP_ROWS || characters >= GROUP_CHARACTERS) await writeHeld();
      }
    },
    async finish() {
      await writeHeld();
      await parquet.finish();
      await flush();
    },
  };
}

function parquetValue(value: JsonValue | undefined, kind: ColumnKind): unknown {
  // The package converts it to JSON itself.
  if (kind === 'json') return value ?? null;
  const cell = cellOf(value, kind);
  return kind === 'integer' && typeof cell === 'number' ? BigInt(cell) : cell;
}
