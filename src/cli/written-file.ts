import { statSync } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { isSideName } from '../journal/companion.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { whereWritten } from '../ports/system-real-path.ts';
import { reasonOf } from '../results/write-problems.ts';
import { usageError } from './arguments.ts';
import { refuseUnsafeNames } from './written-names.ts';

/** A file that is created from results. It gets its name only when it is complete. */
export interface WrittenFile {
  write(part: string | Uint8Array): Promise<void>;
  readonly draft: string;
  /** Replaces the older file. */
  finish(): Promise<void>;
  discard(): Promise<void>;
}

export interface WriteOptions {
  readonly flag: string;
  readonly path: string;
  readonly reading: readonly string[];
  readonly overwrite: boolean;
}

/**
 * Throws a `VolleyError` (exit 2) for a name that is not allowed, and (exit 74) for a file that can't be written.
 */
export async function checkWrittenFile({
  flag,
  path,
  reading,
  overwrite,
}: WriteOptions): Promise<void> {
  await refuseUnsafeNames([{ flag, path }], '.');
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() || path.endsWith('/')) {
    throw usageError(
      `\`${path}\` is a folder`,
      `give a file in it, as in \`${flag}${path}/results\``,
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

/** Writes to a temporary file next to the final one. Writes directly to a device or pipe. */
export async function openWrittenFile(path: string, mode = 0o600): Promise<WrittenFile> {
  const explained = <Value>(work: Promise<Value>): Promise<Value> =>
    work.catch((cause: unknown) => {
      throw cannotWriteFile(path, cause);
    });
  const place = await whereWritten(path);
  const stat = statSync(place, { throwIfNoEntry: false });
  const isPlain = stat === undefined || stat.isFile();
  const draft = isPlain ? `${place}.${process.pid}.part` : place;
  const file: FileHandle = await explained(
    mkdir(dirname(place), { recursive: true }).then(() => open(draft, isPlain ? 'wx' : 'w', mode)),
  );
  const discard = async (): Promise<void> => {
    await file.close().catch(() => undefined);
    if (isPlain) await rm(draft, { force: true });
  };
  return {
    draft,
    write: (part) =>
      explained(
        file.writeFile(part).catch(async (error: unknown) => {
          await discard();
          throw error;
        }),
      ),
    finish: () => explained(file.close().then(() => (isPlain ? rename(draft, place) : undefined))),
    discard,
  };
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
