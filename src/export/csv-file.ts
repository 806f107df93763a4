import {
  cellOf,
  type TableColumn,
  type TableRow,
  type TableTarget,
  type TableWriter,
} from './table.ts';

export interface DelimitedOptions {
  readonly delimiter: ',' | ';' | '\t' | '|';
  /** Starts the file with a byte order mark, which Excel needs to detect UTF-8. */
  readonly hasMark: boolean;
}

/** CSV and similar formats: quoted as in RFC 4180, one record per line, which ends with `\n`. */
export function delimitedWriter(
  columns: readonly TableColumn[],
  { delimiter, hasMark }: DelimitedOptions,
  target: TableTarget,
): TableWriter {
  const lineOf = (cells: readonly string[]): string => `${cells.join(delimiter)}\n`;
  const isSpecial = new RegExp(`["\\r\\n${delimiter === '|' ? '\\|' : delimiter}]|^\\s|\\s$`);
  const quoted = (text: string): string =>
    isSpecial.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  let head = (hasMark ? '\ufeff' : '') + lineOf(columns.map(({ name }) => quoted(inert(name))));

  function textOf(row: TableRow): string {
    return lineOf(
      columns.map(({ kind }, at) => {
        const cell = cellOf(row[at], kind);
        if (cell === null) return '';
        if (typeof cell !== 'string') return String(cell);
        // Empty text is different from null.
        return cell === '' ? '""' : quoted(inert(cell));
      }),
    );
  }

  return {
    async write(rows) {
      const text = head + rows.map(textOf).join('');
      head = '';
      await target.write(text);
    },
    async finish() {
      if (head !== '') await target.write(head);
    },
  };
}

/**
 * Prevents spreadsheets from running a cell: adds an apostrophe to what Excel, LibreOffice or
 * Google Sheets treat as a formula. Numbers and single signs are unchanged.
 */
export function inert(text: string): string {
  return FORMULA.test(text) && !HARMLESS.test(text) ? `'${text}` : text;
}

/**
 * In some languages, full-width signs start a formula too. A leading tab or line break is skipped.
 */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const HARMLESS = /^[+-]?(?:\d[\d.,]*(?:e[+-]?\d+)?%?)?$/i;
