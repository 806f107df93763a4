import type { TerminalStream } from '../../src/report/reporter.ts';

/** A terminal that supports what the tree writes, and throws for anything else. */
export interface Screen extends TerminalStream {
  /** What a person sees, including rows scrolled off, without trailing spaces. */
  lines(): readonly string[];
  /** Everything written, one string per write. */
  readonly writes: string[];
  readonly cursor: () => {
    readonly row: number;
    readonly column: number;
    readonly visible: boolean;
  };
}

export function screen(columns: number, options: { rows?: number; known?: boolean } = {}): Screen {
  const cells: string[][] = [[]];
  const writes: string[] = [];
  let [row, column, wraps, visible] = [0, 0, true, true];
  /** The first row that has not scrolled off. */
  let top = 0;
  let saved = { row: 0, column: 0 };

  function lineFeed(): void {
    row += 1;
    cells[row] ??= [];
    top = Math.max(top, row + 1 - (options.rows ?? 24));
  }

  function put(character: string): void {
    const wide = /\p{Script=Han}|\p{Script=Katakana}|\p{Script=Hiragana}|\p{Emoji_Presentation}/u;
    const size = wide.test(character) ? 2 : 1;
    if (column + size > columns) {
      if (!wraps) throw new Error('a line of the tree is wider than the terminal');
      lineFeed();
      column = 0;
    }
    const line = cells[row] ?? [];
    while (line.length < column) line.push(' ');
    line[column] = character;
    if (size === 2) line[column + 1] = '';
    column += size;
  }

  function control(sequence: string): void {
    const up = /^(\d+)A$/.exec(sequence)?.[1];
    if (up !== undefined) {
      row -= Number(up);
      if (row < top) throw new Error(`the cursor left the screen at the top`);
    } else if (sequence === 'K') cells[row]?.splice(column);
    else if (sequence === 'J') {
      cells[row]?.splice(column);
      cells.splice(row + 1);
    } else if (sequence === '?25l' || sequence === '?25h') visible = sequence.endsWith('h');
    else if (sequence === '?7l' || sequence === '?7h') wraps = sequence.endsWith('h');
    else if (!/^[\d;]*m$/.test(sequence)) throw new Error(`unknown sequence ${sequence}`);
  }

  return {
    writes,
    write: async (text) => {
      writes.push(text);
      for (const token of text.match(/\u001b(?:\[[?\d;]*[a-zA-Z]|[78])|[^]/gu) ?? []) {
        if (token === '\u001b7') saved = { row: row - top, column };
        else if (token === '\u001b8') {
          row = saved.row + top;
          column = saved.column;
        } else if (token.startsWith('\u001b[')) control(token.slice(2));
        else if (token === '\n') {
          lineFeed();
          column = 0;
        } else if (token === '\r') column = 0;
        else put(token);
      }
    },
    columns: () => (options.known === false ? 0 : columns),
    rows: () => (options.known === false ? 0 : (options.rows ?? 24)),
    lines: () => cells.map((line) => line.join('').trimEnd()),
    cursor: () => ({ row, column, visible }),
  };
}
