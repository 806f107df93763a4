import { dirname } from 'node:path';
import { cacheFolder } from '../ports/user-folders.ts';
import { distrustOf } from '../ports/system-private-folder.ts';
import { runsInCi } from '../ports/environment.ts';
import { projectRoot } from '../ports/system-project-root.ts';

/** The folder for hints to later runs, or the reason there is none. */
type UserCache =
  | { readonly folder: string; readonly distrust?: undefined }
  /** `distrust`: a stranger may have written its files, so it is neither read nor written. */
  | {
      readonly folder: undefined;
      readonly distrust?: { readonly folder: string; readonly reason: string };
    };

/**
 * This user's cache folder for a manifest, and the hint files in it. A pull request can commit files
 * to a cache folder in the checkout, and must not influence the run with them.
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
 * The real paths of folders around `directory` whose files may be a stranger's: its project, and in CI
 * any other checkout around it, since the home folder may be one there.
 */
export async function projectFolders(directory: string): Promise<readonly string[]> {
  const { path, ignored } = await projectRoot(directory);
  return ignored && runsInCi(process.env) ? [path, ignored.path] : [path];
}
