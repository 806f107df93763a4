import { fstatSync, type Stats } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { VolleyError } from '../errors/volley-error.ts';
import { isSideName } from '../journal/companion.ts';
import { statOf, whereWritten } from '../ports/system-real-path.ts';
import type { LoadedManifest } from '../run/library.ts';
import { usageError, type Arguments } from './arguments.ts';
import { responseCacheFolder } from './open-response-cache.ts';
import { textFlag } from './flag-values.ts';
import { SIDE_FILES, sideFiles, type SideFiles } from './side-file.ts';

/** All files that a run writes, by flag; undefined if not wanted, or if it goes to stdout. */
export type WrittenFiles = SideFiles & { readonly output: string | undefined };

/**
 * Throws a `VolleyError` (exit 2) if the run would write a file that it also reads, or that it
 * writes something else to. Compares files through symlinks and hard links, including the
 * companions next to the results.
 */
export async function refuseSharedFiles(
  written: WrittenFiles,
  read: readonly string[],
): Promise<void> {
  const { output } = written;
  const results = output === undefined ? stdoutFile() : await identified(output);
  const taken = results === undefined ? [] : [{ ...results, use: 'the results go' }];
  const named = (['output', ...SIDE_FILES] as const).flatMap((flag) => {
    const path = written[flag];
    return path === undefined ? [] : [[flag, path] as const];
  });
  const files = await Promise.all(
    named.map(async ([flag, path]) => ({ flag, path, ...(await identified(path)) })),
  );
  for (const file of files) {
    if (file.flag === 'output') continue;
    const other = taken.find((each) => isSame(each, file));
    if (other) throw shared(file, `where ${other.use}`);
    if (results && isBeside(file, results)) {
      throw shared(file, 'that the run keeps next to the results');
    }
    taken.push({ ...file, use: `\`--${file.flag}\` goes` });
  }
  for (const path of read) {
    const input = await identified(path);
    const file = files.find((each) => isSame(each, input));
    if (file) throw shared(file, 'which the run reads');
  }
}

/** A file, by path and number. Pipes, devices and folders have neither: they may be shared. */
interface Identity {
  readonly real: string | undefined;
  readonly number: string | undefined;
}

async function identified(path: string): Promise<Identity> {
  const stat = statOf(path);
  if (stat && !stat.isFile()) return { real: undefined, number: undefined };
  return { real: await whereWritten(path), number: stat && numberOf(stat) };
}

/** The file that the shell redirected stdout to. */
function stdoutFile(): Identity | undefined {
  try {
    const stat = fstatSync(1);
    return stat.isFile() ? { real: undefined, number: numberOf(stat) } : undefined;
  } catch {
    return undefined;
  }
}

function numberOf({ dev, ino }: Stats): string | undefined {
  return ino === 0 ? undefined : `${dev}:${ino}`;
}

function isSame(a: Identity, b: Identity): boolean {
  return (
    (a.real !== undefined && a.real === b.real) || (a.number !== undefined && a.number === b.number)
  );
}

function isBeside(file: Identity, results: Identity): boolean {
  return (
    file.real !== undefined && results.real !== undefined && isSideName(file.real, results.real)
  );
}

function shared(file: { readonly flag: string; readonly path: string }, what: string): VolleyError {
  return usageError(
    `\`${file.path}\`, set by \`--${file.flag}\`, is the file ${what}`,
    'give each its own file: one would overwrite the other',
  );
}

/**
 * The manifest, with globs that skip the files that the run writes, as `tar` and `grep` do.
 * Otherwise a resume would have different tasks from the first run.
 */
export function withOwnFilesLeftOut(args: Arguments, loaded: LoadedManifest): LoadedManifest {
  const { manifest, files } = loaded;
  const directory = dirname(manifest.file);
  const output = textFlag(args, 'output') ?? inFolder(directory, manifest.output);
  const sides = Object.values(sideFiles(args));
  // Skip the manifest's cache folder even if the command line names another one.
  const caches = [
    responseCacheFolder(args, manifest),
    inFolder(directory, manifest.responseCache?.dir),
  ].flatMap((folder) => (folder === undefined ? [] : [resolve(folder) + sep]));
  const isCached = (name: string): boolean =>
    caches.some((folder) => resolve(directory, name).startsWith(folder));
  let own: Promise<OwnFiles> | undefined;
  return {
    ...loaded,
    files: {
      ...files,
      async glob(patterns) {
        const found = await files.glob(patterns);
        if (!found.ok) return found;
        own ??= ownFiles(output === '-' ? undefined : output, sides);
        const names = found.value.filter((name) => !isCached(name));
        return { ok: true, value: await others(names, directory, await own) };
      },
    },
  };
}

interface OwnFiles {
  readonly all: readonly Identity[];
  readonly results: Identity | undefined;
  readonly stdout: Identity | undefined;
  readonly names: readonly string[];
}

function inFolder(directory: string, name: string | undefined): string | undefined {
  return name === undefined ? undefined : join(directory, name);
}

async function ownFiles(
  output: string | undefined,
  sides: ReadonlyArray<string | undefined>,
): Promise<OwnFiles> {
  const results = output === undefined ? undefined : await identified(output);
  const written = await Promise.all(sides.filter((path) => path !== undefined).map(identified));
  const all = results ? [results, ...written] : written;
  const names = all.flatMap(({ real }) => (real === undefined ? [] : [basename(real)]));
  return { all, results, stdout: stdoutFile(), names };
}

async function others(
  names: readonly string[],
  directory: string,
  own: OwnFiles,
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const name of names) if (!(await isOwn(resolve(directory, name), own))) left.push(name);
  return left;
}

/** Inspects only a few files closely: there may be hundreds of thousands. */
async function isOwn(path: string, { all, results, stdout, names }: OwnFiles): Promise<boolean> {
  const name = basename(path);
  if (names.some((each) => name.startsWith(each))) {
    const file = await identified(path);
    if (all.some((each) => isSame(each, file)) || (results && isBeside(file, results))) return true;
  }
  if (stdout === undefined) return false;
  const stat = statOf(path);
  return stat !== undefined && isSame(stdout, { real: undefined, number: numberOf(stat) });
}
