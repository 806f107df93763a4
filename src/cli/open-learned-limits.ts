import { dirname } from 'node:path';
import { systemClock } from '../ports/system-clock.ts';
import { systemEntryFiles } from '../ports/system-entry-files.ts';
import { distrustOf } from '../ports/system-private-folder.ts';
import { cacheFolder } from '../ports/user-folders.ts';
import { LEARNED_FILE, openLearnedLimits, type LearnedLimits } from '../run/learned-store.ts';
import { projectFolders } from './project-folders.ts';

export interface Learning {
  /** Undefined if there is no cache folder, or if the folder is not trusted. */
  readonly limits?: LearnedLimits;
  /** Tells the user why the folder is not trusted. */
  readonly distrust?: string;
}

/**
 * The limits that this user's earlier runs learned. A pull request can commit files to a cache
 * folder in the checkout; those files must not influence the run.
 */
export async function openLearning(manifestFile: string): Promise<Learning> {
  const folder = cacheFolder(process.env, process.platform);
  if (folder === undefined) return {};
  const within = await projectFolders(dirname(manifestFile));
  const reason = await distrustOf(folder, { within, files: [LEARNED_FILE] });
  if (reason !== undefined) {
    return {
      distrust: `the cache folder \`${folder}\` is not used, because ${reason}: no limits are learned`,
    };
  }
  const limits = await openLearnedLimits(folder, {
    files: systemEntryFiles(folder),
    epochMs: () => systemClock.epochMs(),
    random: Math.random,
  });
  return { limits };
}
