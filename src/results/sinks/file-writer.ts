import { EXIT, VolleyError } from '../../errors/volley-error.ts';
import { systemErrorCode } from '../../ports/output.ts';
import type { ResultFile, ResultFiles } from '../../ports/result-file.ts';
import { writeAll } from '../../ports/write-all.ts';
import { beginsLikeResults, BEGINNING_BYTES } from '../begins-like-results.ts';
import { notResults } from '../not-results.ts';
import { sinkError } from './sink.ts';
import type { ResultWriter } from './writer.ts';

/**
 * Creates the file for `--output`. Throws a VolleyError, with nothing touched, when it exists and
 * `overwrite` is off (exit 2), or holds something else than results, or cannot be created.
 */
export async function openFileWriter(
  files: ResultFiles,
  path: string,
  options: { readonly overwrite: boolean },
): Promise<ResultWriter> {
  try {
    const earlier = options.overwrite ? await files.beginning(path, BEGINNING_BYTES) : undefined;
    if (earlier && !beginsLikeResults(earlier)) throw notResults(path);
    return fileWriter(await files.create(path, options), path);
  } catch (error) {
    if (error instanceof VolleyError) throw error;
    throw cannotCreate(error, path, await files.isFolder(path));
  }
}

function fileWriter(file: ResultFile, path: string): ResultWriter {
  /** Bytes of whole writes: what a failed one is cut back to. */
  let wholeBytes = 0;
  // One write at a time: what a failed one is cut back to is the end of the one before.
  let last: Promise<void> = Promise.resolve();
  function queued(step: () => Promise<void>): Promise<void> {
    // After a failure every later step rejects with it.
    last = last.then(step);
    return last;
  }

  async function append(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    try {
      await writeAll(file, bytes);
      wholeBytes += bytes.length;
    } catch (error) {
      // Half a line would spoil the file for every reader; if even this fails, resuming cuts it.
      await file.truncate(wholeBytes).catch(() => {});
      throw sinkError(error, path);
    }
  }

  async function finish(): Promise<void> {
    try {
      await file.sync();
    } catch (error) {
      throw sinkError(error, path);
    }
  }

  return {
    write: (text) => queued(() => append(text)),
    close: async () => {
      try {
        await queued(finish);
      } finally {
        await file.close().catch(() => {});
      }
    },
  };
}

function cannotCreate(error: unknown, path: string, isFolder: boolean): VolleyError {
  const code = isFolder ? 'EISDIR' : systemErrorCode(error);
  const folder = folderOf(path);
  const refuse = (exitCode: 2 | 74, message: string, hint: string): VolleyError =>
    new VolleyError(message, { exitCode, hint, cause: error });
  switch (code) {
    case 'EEXIST':
      return refuse(
        EXIT.usage,
        `\`${path}\` exists already`,
        'choose another file with `--output`, or replace this one with `--overwrite`',
      );
    case 'EISDIR':
      return refuse(
        EXIT.usage,
        `\`${path}\` is a folder, not a file`,
        'name a file in it, such as `results.jsonl`',
      );
    case 'ENOENT':
      return refuse(
        EXIT.usage,
        `cannot create \`${path}\`: the folder \`${folder}\` does not exist`,
        'create it first, or choose another file with `--output`',
      );
    case 'ENOTDIR':
      return refuse(
        EXIT.usage,
        `cannot create \`${path}\`: \`${folder}\` is not a folder`,
        'choose another file with `--output`',
      );
    case 'EACCES':
    case 'EPERM':
      return refuse(
        EXIT.cannotWrite,
        `cannot create \`${path}\`: permission denied`,
        `check who may write to \`${folder}\`, or choose another file with \`--output\``,
      );
    case 'EROFS':
      return refuse(
        EXIT.cannotWrite,
        `cannot create \`${path}\`: the file system is read-only`,
        'choose another file with `--output`',
      );
    default: {
      const failed = sinkError(error, path);
      return failed instanceof VolleyError
        ? failed
        : refuse(EXIT.cannotWrite, `cannot create \`${path}\` (${code})`, 'choose another file');
    }
  }
}

function folderOf(path: string): string {
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  if (cut < 0) return '.';
  return cut === 0 ? '/' : path.slice(0, cut);
}
