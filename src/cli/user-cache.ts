import { dirname } from 'node:path';
import { cacheFolder } from '../ports/cache-folder.ts';
import { distrustOf } from '../ports/system-private-folder.ts';
import { projectFolders } from './project-folders.ts';

/** The folder in which runs leave hints for later ones, or why there is none to use. */
export type UserCache =
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
