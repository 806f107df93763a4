import { sanitized } from '../../errors/terminal-safe.ts';
import { EXIT, VolleyError } from '../../errors/volley-error.ts';
import { systemErrorCode } from '../../ports/error-code.ts';
import type { CreateOptions, ResultFiles } from '../../ports/result-file.ts';
import { writeAll, type AppendedFile } from '../../ports/disk.ts';
import { beginsLikeResults, BEGINNING_BYTES } from '../begins-like-results.ts';
import { heldByAnother, notResults, reasonOf, remedyOf } from '../write-problems.ts';
import { SinkFailed, sinkError } from './sink.ts';
import type { ResultWriter } from './writer.ts';

/**
 * Creates the file for `--output` and keeps it locked until it is closed. Throws a VolleyError
 * without changing anything if another run writes to it (exit 75), if it exists and `overwrite` is
 * off (exit 2), if it is not a results file, or if it cannot be created. Waits until a pipe has a
 * reader; rejects with the signal's reason if the signal ends the wait.
 */
export async function openFileWriter(
  files: ResultFiles,
  path: string,
  options: CreateOptions,
): Promise<ResultWriter> {
  const lock = await files.lock(path).catch(async (error: unknown) => {
    if (systemErrorCode(error) === 'EEXIST') throw lockInTheWay(error, path);
    throw cannotCreate(error, path, { isFolder: false });
  });
  if (lock?.ok === false) throw heldByAnother(path, lock.holder);
  const release = async (): Promise<void> => lock?.release();
  try {
    const earlier = options.overwrite ? await files.beginning(path, BEGINNING_BYTES) : undefined;
    if (earlier && !beginsLikeResults(earlier)) throw notResults(path);
    const file = await files.create(path, options);
    // Pipes and devices have no lock, and their names may not exist.
    const isGone = async (): Promise<boolean> =>
      lock !== undefined && (await files.beginning(path, 1)) === undefined;
    return fileWriter(file, { path, release, isGone });
  } catch (error) {
    await release();
    const isInterrupted = options.signal?.aborted === true && error === options.signal.reason;
    if (error instanceof VolleyError || isInterrupted) throw error;
    throw cannotCreate(error, path, { isFolder: await files.isFolder(path) });
  }
}

interface FileState {
  readonly path: string;
  readonly release: () => Promise<void>;
  readonly isGone: () => Promise<boolean>;
}

function fileWriter(file: AppendedFile, { path, release, isGone }: FileState): ResultWriter {
  /** The total length of all complete writes. A failed write truncates the file to it. */
  let wholeBytes = 0;
  // One write at a time, so that truncating only removes the failed one.
  let last: Promise<void> = Promise.resolve();
  function queued(step: () => Promise<void>): Promise<void> {
    // After a failure, all later steps reject with it.
    last = last.then(step);
    return last;
  }

  async function append(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    try {
      await writeAll(file, bytes);
      wholeBytes += bytes.length;
    } catch (error) {
      // Half a line would break every reader. If even this fails, a resume truncates it.
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
    if (wholeBytes > 0 && (await isGone().catch(() => false))) throw deleted(path);
  }

  return {
    // Files are also printed in logs.
    write: (text) => queued(() => append(sanitized(text))),
    close: async () => {
      try {
        await queued(finish);
      } finally {
        await file.close().catch(() => {});
        await release();
      }
    },
  };
}

function deleted(path: string): SinkFailed {
  return new SinkFailed(`\`${path}\` was deleted or moved while the run wrote to it`, {
    exitCode: EXIT.cannotWrite,
    hint: 'if it was moved, the results are where it is now; only those in JSONL are written again',
  });
}

/** The error if something that is not a lock has the name of the lock file. */
function lockInTheWay(error: unknown, path: string): VolleyError {
  return new VolleyError(`cannot use \`${path}\` for results: ${reasonOf(error)}`, {
    exitCode: EXIT.cannotWrite,
    hint: 'move it away if no run is using it, or choose another file with `--output`',
    cause: error,
  });
}

function cannotCreate(
  error: unknown,
  path: string,
  { isFolder }: { readonly isFolder: boolean },
): VolleyError {
  const refuse = (exitCode: 2 | 74, message: string, hint: string): VolleyError =>
    new VolleyError(message, { exitCode, hint, cause: error });
  if (isFolder) {
    const hint = 'give a file in it, such as `results.jsonl`';
    return refuse(EXIT.usage, `\`${path}\` is a folder, not a file`, hint);
  }
  if (systemErrorCode(error) === 'EEXIST') {
    const hint = 'choose another file with `--output`, or replace this one with `--overwrite`';
    return refuse(EXIT.usage, `\`${path}\` already exists`, hint);
  }
  return refuse(
    EXIT.cannotWrite,
    `cannot create \`${path}\`: ${reasonOf(error)}`,
    `${remedyOf(error)}, or choose another file with \`--output\``,
  );
}
