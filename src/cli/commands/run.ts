import { loadManifest } from '../../run/library.ts';
import type { Arguments } from '../arguments.ts';
import { overridesOf } from '../overrides.ts';
import { runVolley } from '../run-volley.ts';
import { manifestArgument, readManifestArgument } from '../read-input.ts';
import { listFlag, setFlag } from '../settings.ts';

export async function runManifest(args: Arguments): Promise<number> {
  const file = manifestArgument(args);
  return runVolley(
    args,
    await loadManifest(file, {
      ...(await readManifestArgument(file)),
      set: setFlag(args),
      overrides: overridesOf(args),
      allowPaths: listFlag(args, 'allow-path'),
    }),
  );
}
