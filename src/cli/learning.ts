import { cacheFolder } from '../ports/cache-folder.ts';
import { systemClock } from '../ports/system-clock.ts';
import { systemDisk } from '../ports/system-disk.ts';
import { openLearnedLimits, type LearnedLimits } from '../run/learned-limits.ts';

/** What this user's earlier runs learned about limits; undefined where there is no place to keep it. */
export async function openLearning(): Promise<LearnedLimits | undefined> {
  const folder = cacheFolder(process.env, process.platform);
  if (folder === undefined) return undefined;
  return openLearnedLimits(folder, {
    disk: systemDisk,
    epochMs: () => systemClock.epochMs(),
    random: Math.random,
  });
}
