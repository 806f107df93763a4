import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { isSideName } from '../journal/companion.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { makeFolders } from '../ports/system-make-folders.ts';
import { statOf, whereWritten } from '../ports/system-real-path.ts';
import { reasonOf } from '../results/write-problems.ts';
import { usageError } from './arguments.ts';
import { refuseUnsafeNames } from './unsafe-file-names.ts';

/** A file that is created from results. It gets its name only when it is complete. */
export interface WrittenFile {
  write(part: string | Uint8Array): Promise<void>;
  readonly draft: string;
}

export interface WriteOptions {
  readonly flag: string;
  readonly path: string;
  readonly reading: readonly string[];
  readonly overwrite: boolean;
  /** The name of a file to suggest in a folder. */
  readonly example?: string;
}

/**
 * Throws a `VolleyError` (exit 2) for a name that is not allowed, and (exit 74) for a file that
 * can't be written.
 */
export async function checkWrittenFile({
  flag,
  path,
  reading,
  overwrite,
  example = 'results',
}: WriteOptions): Promise<void> {
  await refuseUnsafeNames([{ flag, path }], dirname(path));
  const found = statOf(path);
  if (found?.isDirectory() || path.endsWith('/')) {
    throw usageError(
      `\`${path}\` is a folder`,
      `choose a file in it, as in \`${flag}${join(path, example)}\``,
    );
  }
  const place = await whereWritten(path);
  for (const other of reading) {
    const real = await whereWritten(other);
    if (real !== place && !isSideName(place, real)) continue;
    throw usageError(
      real === place
        ? `\`${path}\` is read by this command, so it cannot be written as well`
        : `\`${path}\` belongs to \`${other}\`, which this command reads`,
      'choose another file',
    );
  }
  if (found && !overwrite) {
    throw usageError(
      `\`${path}\` already exists`,
      'pass `--overwrite` to replace it, or choose another file',
    );
  }
}

/**
 * Writes a file: first to a temporary one next to it, which replaces it when `write` has ended. A
 * device or pipe is written to directly. Throws a `VolleyError` (exit 74).
 */
export async function writeFileWhole(
  path: string,
  write: (file: WrittenFile) => Promise<void>,
  mode = 0o600,
): Promise<void> {
  const place = await whereWritten(path);
  const stat = statOf(place);
  const isPlain = stat === undefined || stat.isFile();
  const draft = isPlain ? `${place}.${process.pid}.part` : place;
  const explained = <Value>(work: Promise<Value>): Promise<Value> =>
    work.catch((cause: unknown) => {
      throw cannotWriteFile(path, cause);
    });
  const file = await explained(
    makeFolders(dirname(place)).then(() => open(draft, isPlain ? 'wx' : 'w', mode)),
  );
  try {
    await write({ draft, write: (part) => explained(file.writeFile(part)) });
    await explained(file.close().then(() => (isPlain ? rename(draft, place) : undefined)));
  } catch (error) {
    await file.close().catch(() => undefined);
    if (isPlain) await rm(draft, { force: true });
    // SQLite writes to the draft itself.
    const isOfDisk = /^E(?:NOSPC|IO|ROFS)$/.test(systemErrorCode(error));
    throw isOfDisk ? cannotWriteFile(path, error) : error;
  }
}

function cannotWriteFile(path: string, cause: unknown): VolleyError {
  return new VolleyError(`cannot write \`${path}\`: ${reasonOf(cause)}`, {
    exitCode: EXIT.cannotWrite,
    hint:
      systemErrorCode(cause) === 'EEXIST'
        ? `remove \`${path}.${process.pid}.part\``
        : 'choose a file in a folder you can write to',
    cause,
  });
}
