import { printable, printableLine } from '../../errors/escape-invisible.ts';
import { wordsOf, type Block, type Words } from './blocks.ts';

/**
 * Markdown for GitHub and GitLab. Untrusted text appears only as code, so that mentions, links,
 * images, HTML and closing keywords have no effect.
 */
export function documentMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(markdownOf).join('\n\n')}\n`;
}

function markdownOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `### ${inline(block.text)}`;
    case 'line':
      return inline(block.text);
    case 'table': {
      const { columns, rows } = block;
      return [
        tableRow(columns.map(({ title }) => title)),
        tableRow(columns.map(({ left }, at) => (at === 0 || left ? '---' : '---:'))),
        ...rows.map((row) => tableRow(row.map((cell) => inline(cell, { isCell: true })))),
      ].join('\n');
    }
    case 'text':
      return `**${inline(block.title)}**\n\n${codeBlock(block.text)}`;
    case 'diff': {
      const marks = { same: ['', ''], removed: ['[-', '-]'], added: ['{+', '+}'] } as const;
      return codeBlock(
        block.parts.map(([change, text]) => marks[change][0] + text + marks[change][1]).join(''),
      );
    }
  }
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function inline(words: Words, { isCell = false } = {}): string {
  const text = wordsOf(words)
    .map((part) => (typeof part === 'string' ? part : codeSpan(part.foreign)))
    .join('');
  // A bar ends a table cell, even in code.
  return isCell ? text.replaceAll('|', String.raw`\|`) : text;
}

export function codeSpan(text: string): string {
  const line = printableLine(text);
  if (line === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  // A space at each end separates backticks in the text from the fence. Renderers remove both
  // spaces.
  const pad = /^[`\s]|[`\s]$/.test(line) ? ' ' : '';
  return fence + pad + line + pad + fence;
}

export function codeBlock(text: string, language = ''): string {
  const shown = printable(text);
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}${language}\n${shown}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
