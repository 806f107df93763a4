import { systemClock } from '../ports/system-clock.ts';
import { systemDisk } from '../ports/system-disk.ts';
import { LEARNED_FILE, openLearnedLimits, type LearnedLimits } from '../run/learned-store.ts';
import { userCache } from './user-cache.ts';

export interface Learning {
  /** Undefined if there is no folder for it, or no trustworthy one. */
  readonly limits: LearnedLimits | undefined;
  /** Why a folder is not trusted, for the user. */
  readonly distrust: string | undefined;
}

/** The limits that this user's earlier runs learned. */
export async function openLearning(manifestFile: string): Promise<Learning> {
  const { folder, distrust } = await userCache(manifestFile, [LEARNED_FILE]);
  if (folder === undefined) {
    return {
      limits: undefined,
      distrust:
        distrust &&
        `the cache folder \`${distrust.folder}\` is not used, because ${distrust.reason}: ` +
          'no limits are learned',
    };
  }
  const limits = await openLearnedLimits(folder, {
    disk: systemDisk,
    epochMs: () => systemClock.epochMs(),
    random: Math.random,
  });
  return { limits, distrust: undefined };
}
