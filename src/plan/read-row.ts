import { MOST_JSON_LEVELS } from '../errors/input-limits.ts';
import type { Finding, Place } from '../errors/finding.ts';
import { FileRefused, type FileProblem, type FileResult } from '../ports/files.ts';
import { isShallow, type JsonValue } from '../ports/json.ts';
import { wellFormed } from '../ports/well-formed.ts';

export type RowRead =
  | {
      readonly ok: true;
      /** A scalar other than null, or an object. A glob's row has no `text` yet. */
      readonly item: JsonValue;
      /** Position among the rows, from 1. */
      readonly number: number;
      /** Line in its file, if known. */
      readonly line: number | undefined;
    }
  /** An error, or a warning after which reading continues. */
  | { readonly ok: false; readonly finding: Finding };

/** Rows in order, in batches, because awaiting each row would be slow. */
export type RowBatches = AsyncGenerator<readonly RowRead[]>;

/** Rejects lists and null. */
export function checkedRow(
  item: JsonValue,
  number: number,
  line: number | undefined,
  place: Place,
): RowRead {
  if (!isShallow(item, MOST_JSON_LEVELS)) {
    const message = `row ${number} is nested more than ${MOST_JSON_LEVELS} levels deep`;
    return badRow(message, 'put deep values in the row as JSON text', place);
  }
  const isRow = item !== null && !Array.isArray(item);
  // Data often has text cut off in the middle of an emoji, which is sent with U+FFFD.
  if (isRow) return { ok: true, item: wellFormed(item), number, line };
  const kind = item === null ? 'empty' : 'a list';
  const hint = 'a row is an object with named values, or one plain value';
  return badRow(`row ${number} is ${kind}`, hint, place);
}

/** The warning about a row that is used despite a problem. */
export function rowWarning(
  message: string,
  hint: string,
  place: Place,
  code: 'BAD_ROW' | 'DELIMITER_FOUND' = 'BAD_ROW',
): RowRead {
  return { ok: false, finding: { code, severity: 'warning', message, hint, place } };
}

/** Whether the row cannot be used, as opposed to a warning. */
export function isBad(read: RowRead): boolean {
  return !read.ok && read.finding.severity === 'error';
}

export function badRow(message: string, hint: string, place: Place): RowRead {
  return { ok: false, finding: { code: 'BAD_ROW', severity: 'error', message, hint, place } };
}

export function fileFinding({ code, message, hint }: FileProblem, place: Place): Finding {
  return { code, severity: 'error', message, hint, place };
}

/** The content of a file. Throws `FileRefused`, which becomes a finding among the rows. */
export function opened<Content>(result: FileResult<Content>): Content {
  if (!result.ok) throw new FileRefused(result.problem);
  return result.value;
}
