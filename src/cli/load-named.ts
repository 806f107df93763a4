import { loadManifest, type LoadedManifest } from '../run/library.ts';
import type { Arguments } from './arguments.ts';
import { overridesOf } from './overrides.ts';
import { manifestArgument, readManifestArgument } from './read-input.ts';
import { listFlag, setFlag } from './settings.ts';

/** Loads the manifest that a command line names, under its flags. */
export async function loadNamed(args: Arguments): Promise<LoadedManifest> {
  const file = manifestArgument(args);
  return loadManifest(file, {
    ...(await readManifestArgument(file)),
    set: setFlag(args),
    overrides: overridesOf(args),
    allowPaths: listFlag(args, 'allow-path'),
  });
}
