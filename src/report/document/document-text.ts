import { printable, printableLine } from '../../errors/escape-invisible.ts';
import { createStyle, type Color, type Style } from '../style.ts';
import { displayWidth, padEnd, stackedRow, truncateMiddle, wrapWords } from '../text-width.ts';
import { wordsOf, type Block, type Change, type Words } from './blocks.ts';

export interface DocumentTextOptions {
  /** The width of the terminal. If undefined, lines are not wrapped. */
  readonly columns?: number | undefined;
  readonly style?: Style;
}

/** Renders blocks as text for a terminal or a log. */
export function documentText(
  blocks: readonly Block[],
  { columns, style = createStyle(false) }: DocumentTextOptions = {},
): string {
  let text = '';
  blocks.forEach((block, at) => {
    // Consecutive `line` blocks have no blank line between them.
    const isApart = at > 0 && !(block.kind === 'line' && blocks[at - 1]?.kind === 'line');
    const lines = linesOf(block, { columns, style });
    text += (isApart ? '\n' : '') + lines.map((line) => `${line}\n`).join('');
  });
  return text;
}

function linesOf(
  block: Block,
  { columns, style }: { readonly columns: number | undefined; readonly style: Style },
): readonly string[] {
  switch (block.kind) {
    case 'heading':
      return wrapWords(plain(block.text), columns ?? Infinity).map((row) => style('bold', row));
    case 'line':
      return wrapWords(plain(block.text), columns ?? Infinity);
    case 'table':
      return tableLines(block, columns);
    case 'text':
      return [
        style('cyan', plain(block.title)),
        ...printable(block.text)
          .replace(/\n+$/, '')
          .split('\n')
          .map((line) => `  ${line}`),
      ];
    case 'diff':
      return block.parts
        .map(([change, text]) => marked(change, printable(text), style))
        .join('')
        .split('\n')
        .map((line) => `  ${line}`);
  }
}

function marked(change: Change, text: string, style: Style): string {
  if (change === 'same') return text;
  const [open, close] = change === 'removed' ? ['[-', '-]'] : ['{+', '+}'];
  const color: Color = change === 'removed' ? 'red' : 'green';
  // Color each line separately, because a pager may show them one by one.
  return `${open}${text}${close}`
    .split('\n')
    .map((line) => (line === '' ? '' : style(color, line)))
    .join('\n');
}

function plain(words: Words): string {
  return wordsOf(words)
    .map((part) => (typeof part === 'string' ? part : printableLine(part.foreign)))
    .join('');
}

const GAP = '  ';

function tableLines(
  { columns, rows }: Extract<Block, { kind: 'table' }>,
  room: number | undefined,
): readonly string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(plain))];
  const widths = columns.map((_, at) =>
    Math.max(...cells.map((row) => displayWidth(row[at] ?? ''))),
  );
  const others = widths.slice(1).reduce((sum, width) => sum + width + GAP.length, 0);
  const first = Math.max(12, Math.min(widths[0] ?? 0, (room ?? Infinity) - others));
  if (room !== undefined && first + others > room) {
    return rows.flatMap((row) => {
      const [name = '', ...texts] = row.map(plain);
      const facts = texts.map((text, at) => [columns[at + 1]?.title ?? '', text] as const);
      return stackedRow(name, facts, room);
    });
  }
  return cells.map((row) =>
    row
      .map((cell, at) => {
        if (at === 0) return padEnd(truncateMiddle(cell, first), first);
        const blank = ' '.repeat(Math.max(0, (widths[at] ?? 0) - displayWidth(cell)));
        return columns[at]?.left ? cell + blank : blank + cell;
      })
      .join(GAP)
      .trimEnd(),
  );
}
