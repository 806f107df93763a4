import { posix } from 'node:path';
import type { Finding, Place } from '../errors/finding.ts';
import type { ReadRows, RowsFromList } from '../manifest/manifest.ts';
import { badText } from '../manifest/read-text.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { FileRefused, type ProjectFiles } from '../ports/files.ts';
import { LineTooLongError } from '../ports/lines.ts';
import { asUtf8, BadBytesError } from '../ports/text-encoding.ts';
import { badBytes, readJson, readYaml } from './rows-whole.ts';
import { checkedRow, fileFinding, opened, type RowBatches } from './read-row.ts';
import { globRows, readPaths } from './rows-glob-or-files.ts';
import { readJsonLines, readTextLines } from './rows-lines.ts';

export interface RowContext {
  readonly files: ProjectFiles;
  /** The manifest's name as given by the user. */
  readonly manifestFile: string;
  /** Skip unusable rows instead of reporting errors: for comparisons. */
  readonly skipsBadRows?: boolean | undefined;
}

/** Reads the rows of a `for_each` as a stream. Problems become findings among the rows. */
export async function* readRows(source: ReadRows, context: RowContext): RowBatches {
  if (source.kind === 'list') {
    yield source.items.map((item, index) => checkedRow(item, index + 1, undefined, source.place));
    return;
  }
  const file = shownName(rowFile(source) ?? context.manifestFile, context);
  try {
    yield* rowsInFiles(source, file, context.files);
  } catch (error) {
    yield [{ ok: false, finding: readingFinding(error, source, file) }];
  }
}

/** The place of a row: its line if known, otherwise the place of its `for_each`. */
export function rowPlace(source: ReadRows, context: RowContext, line: number | undefined): Place {
  const file = rowFile(source);
  if (file === undefined || line === undefined) return source.place;
  return { file: shownName(file, context), line, column: 1 };
}

export function rowFile(source: ReadRows): string | undefined {
  if (source.kind === 'file') return source.file;
  return source.kind === 'paths' && typeof source.list === 'string' ? source.list : undefined;
}

/** Readers of CSV and Parquet are only loaded when needed. Throws `FileRefused`. */
async function* rowsInFiles(
  source: Exclude<ReadRows, RowsFromList>,
  file: string,
  files: ProjectFiles,
): RowBatches {
  if (source.kind === 'glob') yield await globRows(source, files);
  else if (source.kind === 'paths') yield* readPaths(source, file, files);
  else if (source.format === 'json') yield await readJson(source, file, files);
  else if (source.format === 'yaml') yield await readYaml(source, file, files);
  else if (source.format === 'parquet') {
    const { readParquet } = await import('./rows-parquet.ts');
    yield* readParquet(source, files);
  } else {
    const bytes = asUtf8(opened(await files.stream(source.file)), source.encoding ?? 'utf-8');
    if (source.format === 'jsonl') yield* readJsonLines(bytes, file);
    else if (source.format === 'lines') yield* readTextLines(bytes);
    else yield* (await import('./rows-csv.ts')).readCsv(bytes, file, source);
  }
}

function readingFinding(error: unknown, source: ReadRows, file: string): Finding {
  if (error instanceof LineTooLongError) {
    return {
      code: 'BAD_ROW',
      severity: 'error',
      message: 'the line is longer than 16 MiB',
      hint: 'put one row on each line',
      place: { file, line: error.lineNumber, column: 1 },
    };
  }
  if (error instanceof BadBytesError) {
    return source.kind === 'file'
      ? badBytes(file, error.bad, source.encoding)
      : badText(file, error.bad);
  }
  if (error instanceof FileRefused) return fileFinding(error.problem, source.place);
  const code = systemErrorCode(error);
  if (!/^E[A-Z]+$/.test(code)) throw error;
  const message = `\`${file}\` cannot be read (${code})`;
  const hint = 'check the disk it is on';
  return fileFinding({ code: 'FILE_UNREADABLE', message, hint }, source.place);
}

/**
 * The name of a file as shown to the user: relative to the same folder as the manifest's own name.
 */
export function shownName(name: string, { manifestFile }: RowContext): string {
  if (name === '-') return '<stdin>';
  if (manifestFile.startsWith('<') || posix.isAbsolute(name)) return name;
  return posix.join(posix.dirname(manifestFile), name);
}
