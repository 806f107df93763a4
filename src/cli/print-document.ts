import { sanitized } from '../errors/terminal-safe.ts';
import type { Block } from '../report/document/blocks.ts';
import { documentMarkdown } from '../report/document/document-markdown.ts';
import { documentText } from '../report/document/document-text.ts';
import { createStyle } from '../report/style.ts';
import { systemOutput } from '../ports/system-output.ts';
import { usageError, type Arguments } from './arguments.ts';
import { environmentRedactor, printJson, printResult } from './print-result.ts';
import { choiceFlag, switchFlag } from './flag-values.ts';
import { writeFileWhole } from './written-file.ts';

type DocumentFormat = 'text' | 'markdown' | 'json';

export function documentFormat(args: Arguments): DocumentFormat {
  return askedFormat(args) ?? 'text';
}

/** Undefined if the user did not ask for a format. */
export function askedFormat(args: Arguments): DocumentFormat | undefined {
  const format = choiceFlag(args, 'format', ['text', 'markdown', 'json']);
  if (!switchFlag(args, 'json')) return format;
  if (format === undefined || format === 'json') return 'json';
  throw usageError(
    `\`--json\` cannot be combined with \`--format ${format}\``,
    'use only one of them',
  );
}

/** Prints a command's output: text, or with `--json` its data. */
export async function printDocument(
  format: DocumentFormat,
  blocks: readonly Block[],
  data: object,
): Promise<void> {
  switch (format) {
    case 'json':
      return printJson(data);
    case 'markdown':
      return printResult(documentMarkdown(blocks));
    case 'text': {
      const stdout = systemOutput(process.stdout);
      const style = createStyle(stdout.color);
      return printResult(documentText(blocks, { columns: stdout.columns(), style }));
    }
  }
}

export async function writeDocument(path: string, blocks: readonly Block[]): Promise<void> {
  const text = sanitized(environmentRedactor()(documentMarkdown(blocks)));
  await writeFileWhole(path, (file) => file.write(text));
}
