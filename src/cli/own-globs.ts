import { statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { LoadedManifest } from '../run/library.ts';
import type { Arguments } from './arguments.ts';
import { identified, isBeside, isSame, numberOf, stdoutFile, type Identity } from './own-files.ts';
import { responseCacheFolder } from './open-response-cache.ts';
import { textFlag } from './settings.ts';
import { sideFiles } from './side-file.ts';

/**
 * The manifest, with globs that skip the files that the run writes, like `tar` and `grep`. Otherwise a
 * resume would have other tasks than the first run.
 */
export function withOwnFilesLeftOut(args: Arguments, loaded: LoadedManifest): LoadedManifest {
  const { manifest, files } = loaded;
  const directory = dirname(manifest.file);
  const output = textFlag(args, 'output') ?? inFolder(directory, manifest.output);
  const sides = Object.values(sideFiles(args));
  // Skip the manifest's own file too if the command line names another one.
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
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && isSame(stdout, { real: undefined, number: numberOf(stat) });
}
