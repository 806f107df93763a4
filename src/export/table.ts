import type { JsonValue } from '../ports/json.ts';

export interface TableColumn {
  readonly name: string;
  /**
   * The type of all values in the column; `text` if they differ. `json` is for lists, and for
   * objects whose fields have no columns of their own.
   */
  readonly kind: ColumnKind;
}

export type ColumnKind = 'text' | 'integer' | 'number' | 'boolean' | 'json';

/** One value per column; undefined if there is none. */
export type TableRow = ReadonlyArray<JsonValue | undefined>;

export interface TableWriter {
  write(rows: readonly TableRow[]): Promise<void>;
  finish(): Promise<void>;
}

export interface TableTarget {
  write(part: string | Uint8Array): Promise<void>;
  /** The path of the incomplete file. */
  readonly draft: string;
}

/** A value as a cell of its column: lists become JSON, and so do numbers in a text column. */
export function cellOf(
  value: JsonValue | undefined,
  kind: ColumnKind,
): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (kind !== 'text' && kind !== 'json' && typeof value !== 'object') return value;
  return typeof value === 'string' && kind === 'text' ? value : JSON.stringify(value);
}
