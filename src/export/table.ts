import type { JsonValue } from '../ports/json.ts';

/** A column of an exported table. */
export interface TableColumn {
  readonly name: string;
  /** What all of its values are; `text` where they differ. `json`: lists, and objects that are not taken apart. */
  readonly kind: ColumnKind;
}

export type ColumnKind = 'text' | 'integer' | 'number' | 'boolean' | 'json';

/** One value per column; undefined where there is none. */
export type TableRow = ReadonlyArray<JsonValue | undefined>;

/** Writes a table somewhere, row by row. */
export interface TableWriter {
  write(rows: readonly TableRow[]): Promise<void>;
  /** After the last row. */
  finish(): Promise<void>;
}

/** A file that a table is written to. */
export interface TableTarget {
  write(part: string | Uint8Array): Promise<void>;
  /** Where it is until it is whole. */
  readonly draft: string;
}

/** A value as a cell of its column holds it: a list is JSON there, and a number in a column of texts is one too. */
export function cellOf(
  value: JsonValue | undefined,
  kind: ColumnKind,
): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (kind !== 'text' && kind !== 'json' && typeof value !== 'object') return value;
  return typeof value === 'string' && kind === 'text' ? value : JSON.stringify(value);
}
