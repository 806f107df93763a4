import {
  cellOf,
  type TableColumn,
  type TableRow,
  type TableTarget,
  type TableWriter,
} from './table.ts';

export interface DelimitedOptions {
  readonly delimiter: ',' | ';' | '\t' | '|';
  /** Puts a byte order mark first, without which Excel does not take the file for UTF-8. */
  readonly hasMark: boolean;
}

/** CSV and its relatives: quoted as RFC 4180 says, one record on a line that ends with `\n`. */
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
        // An empty text is not the same as nothing.
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
 * A text that no spreadsheet runs: an apostrophe goes in front of what Excel, LibreOffice or Google Sheets takes for
 * a formula. Numbers and signs alone stay as they are.
 */
export function inert(text: string): string {
  return FORMULA.test(text) && !HARMLESS.test(text) ? `'${text}` : text;
}

/** Full-width signs count as the others in some languages; a tab or line break in front is skipped. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const HARMLESS = /^[+-]?(?:\d[\d.,]*(?:e[+-]?\d+)?%?)?$/i;
