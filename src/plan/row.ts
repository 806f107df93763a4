import type { Finding, Place } from '../errors/finding.ts';
import type { FileProblem } from '../ports/files.ts';
import type { JsonValue } from '../ports/json.ts';

/** One row as it was read. */
export type RowRead =
  | {
      readonly ok: true;
      /** A scalar that is not null, or an object. A glob's row has no `text` yet. */
      readonly item: JsonValue;
      /** Place among the rows, from 1. */
      readonly number: number;
      /** Line of its file, where that is known. */
      readonly line: number | undefined;
    }
  | { readonly ok: false; readonly finding: Finding };

/** Rows in order, several at once: a wait for each row would cost more than the row. */
export type RowBatches = AsyncGenerator<readonly RowRead[]>;

/** The row, unless it is a list or null. */
export function checkedRow(
  item: JsonValue,
  number: number,
  line: number | undefined,
  place: Place,
): RowRead {
  const isRow = item !== null && !Array.isArray(item);
  if (isRow) return { ok: true, item, number, line };
  const kind = item === null ? 'empty' : 'a list';
  const hint = 'a row is an object with named values, or one plain value';
  return badRow(`row ${number} is ${kind}`, hint, place);
}

export function badRow(message: string, hint: string, place: Place): RowRead {
  return { ok: false, finding: { code: 'BAD_ROW', severity: 'error', message, hint, place } };
}

export function fileFinding({ code, message, hint }: FileProblem, place: Place): Finding {
  return { code, severity: 'error', message, hint, place };
}
