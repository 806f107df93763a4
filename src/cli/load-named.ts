import { loadManifest, type LoadedManifest } from '../run/library.ts';
import type { Arguments } from './arguments.ts';
import { watchInput } from './wait-watch.ts';
import { withOwnFilesLeftOut } from './own-files.ts';
import { boundsOf, overridesOf } from './flag-overrides.ts';
import { manifestArgument, readManifestArgument } from './manifest-argument.ts';
import { readStdinBytes } from './read-input.ts';
import { listFlag, setFlag } from './flag-values.ts';

/** Loads the manifest that the command line names, and applies the flags. */
export async function loadNamed(args: Arguments): Promise<LoadedManifest> {
  const file = manifestArgument(args);
  const waits = watchInput(args);
  // Report mistakes on the command line before those in the manifest.
  const flags = {
    set: setFlag(args),
    overrides: overridesOf(args),
    bounds: boundsOf(args),
    allowPaths: listFlag(args, 'allow-path'),
  };
  const text = await waits.during('for stdin to end', readManifestArgument(file));
  const loaded = await waits.during(
    `for \`${file}\` and its input files to be read`,
    loadManifest(file, {
      ...text,
      ...flags,
      readStandardInput: () =>
        waits.during('for stdin to end', readStdinBytes('what the manifest reads from stdin')),
    }),
  );
  return withOwnFilesLeftOut(args, loaded);
}
