import { posix } from 'node:path';
import type { Finding, Place } from '../errors/finding.ts';
import type { ReadRows, RowsFromFile, RowsFromPaths } from '../manifest/manifest.ts';
import { badText } from '../manifest/read-text.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { FileRefused, type ProjectFiles } from '../ports/files.ts';
import { LineTooLongError } from '../ports/lines.ts';
import { asUtf8, BadBytesError } from '../ports/text-encoding.ts';
import { badBytes, readJson, readYaml } from './rows-whole.ts';
import { checkedRow, fileFinding, type RowBatches } from './row.ts';
import { globRows, readPaths } from './rows-paths.ts';
import { readJsonLines, readTextLines } from './rows-lines.ts';

export interface RowContext {
  readonly files: ProjectFiles;
  /** The manifest's name as given by the user. */
  readonly manifestFile: string;
  /** Skip unusable rows instead of reporting errors: for comparisons. */
  readonly skipsBadRows?: boolean | undefined;
}

/**
 * Reads the rows of a `for_each` from the start. CSV, JSONL and text are streamed, with a few rows
 * in memory at a time. Problems with a row or its file become findings among the rows.
 */
export async function* readRows(source: ReadRows, context: RowContext): RowBatches {
  switch (source.kind) {
    case 'list':
      yield source.items.map((item, index) => checkedRow(item, index + 1, undefined, source.place));
      return;
    case 'glob':
      yield* globRows(source, context.files);
      return;
    case 'paths':
    case 'file':
      yield* rowsInFile(source, context);
  }
}

/** A row's line if known, otherwise the place of its `for_each`. */
export function rowPlace(source: ReadRows, context: RowContext, line: number | undefined): Place {
  const file = rowFile(source);
  if (file === undefined || line === undefined) return source.place;
  return { file: shownName(file, context), line, column: 1 };
}

export function rowFile(source: ReadRows): string | undefined {
  if (source.kind === 'file') return source.file;
  return source.kind === 'paths' && typeof source.list === 'string' ? source.list : undefined;
}

/** The CSV package is only loaded when needed. */
async function readerOf({ format, delimiter }: RowsFromFile) {
  if (format === 'csv') {
    const { readCsv } = await import('./rows-csv.ts');
    return (chunks: AsyncIterable<Uint8Array>, file: string) =>
      readCsv(chunks, file, { delimiter });
  }
  return format === 'jsonl' ? readJsonLines : readTextLines;
}

async function* rowsInFile(source: RowsFromFile | RowsFromPaths, context: RowContext): RowBatches {
  const file = shownName(rowFile(source) ?? context.manifestFile, context);
  try {
    if (source.kind === 'paths') {
      yield* readPaths(source, file, context.files);
      return;
    }
    if (source.format === 'json' || source.format === 'yaml') {
      const read = source.format === 'json' ? readJson : readYaml;
      yield await read(source, file, context.files);
      return;
    }
    if (source.format === 'parquet') {
      const { readParquet } = await import('./rows-parquet.ts');
      yield* readParquet(source, context.files);
      return;
    }
    const opened = await context.files.stream(source.file);
    if (!opened.ok) {
      yield [{ ok: false, finding: fileFinding(opened.problem, source.place) }];
      return;
    }
    const read = await readerOf(source);
    yield* read(asUtf8(opened.value, source.encoding ?? 'utf-8'), file);
  } catch (error) {
    yield [{ ok: false, finding: readingFinding(error, source, file) }];
  }
}

function readingFinding(
  error: unknown,
  source: RowsFromFile | RowsFromPaths,
  file: string,
): Finding {
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
  const problem = {
    code: 'FILE_UNREADABLE',
    message,
    hint: 'check the disk it is on',
  } as const;
  return fileFinding(problem, source.place);
}

/** Relative to the same folder as the manifest's own name. */
export function shownName(name: string, { manifestFile }: RowContext): string {
  if (name === '-') return '<stdin>';
  if (manifestFile.startsWith('<') || posix.isAbsolute(name)) return name;
  return posix.join(posix.dirname(manifestFile), name);
}
