import { dirname } from 'node:path';
import { cacheFolder } from '../ports/user-folders.ts';
import { distrustOf } from '../ports/system-private-folder.ts';
import { runsInCi } from '../ports/environment.ts';
import { projectRoot } from '../ports/system-project-root.ts';

/** The folder in which runs leave hints for later ones, or why there is none to use. */
type UserCache =
  | { readonly folder: string; readonly distrust?: undefined }
  /** `distrust`: what is in it may be a stranger's, so that it is neither read nor written. */
  | {
      readonly folder: undefined;
      readonly distrust?: { readonly folder: string; readonly reason: string };
    };

/**
 * This user's cache folder, for a manifest and the hint files in it. A pull request can commit files
 * to a cache folder inside of the checkout, and must not steer the run with them.
 */
export async function userCache(
  manifestFile: string,
  hintFiles: readonly string[],
): Promise<UserCache> {
  const folder = cacheFolder(process.env, process.platform);
  if (folder === undefined) return { folder };
  const within = await projectFolders(dirname(manifestFile));
  const reason = await distrustOf(folder, { within, files: hintFiles });
  return reason === undefined ? { folder } : { folder: undefined, distrust: { folder, reason } };
}

/**
 * The folders around a folder whose files may be a stranger's, by their real names: its project; in CI
 * also a checkout that does not count as one, since there the home folder may well be a checkout.
 */
export async function projectFolders(directory: string): Promise<readonly string[]> {
  const { path, ignored } = await projectRoot(directory);
  return ignored && runsInCi(process.env) ? [path, ignored.path] : [path];
}
