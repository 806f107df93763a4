import { resolve } from 'node:path';
import { EXIT } from '../../errors/volley-error.ts';
import { systemClock } from '../../ports/system-clock.ts';
import { systemEntryFiles } from '../../ports/system-entry-files.ts';
import { statOf } from '../../ports/system-real-path.ts';
import { counted, formatCount } from '../../report/format-numbers.ts';
import {
  cacheStats,
  DEFAULT_CACHE_BOUNDS,
  pruneCache,
  type CacheStats,
} from '../../response-cache/prune-cache.ts';
import { usageError, type Arguments } from '../arguments.ts';
import { CACHE_ACTIONS } from '../command-specs.ts';
import { userResponseCache } from '../open-response-cache.ts';
import { printEither } from '../print-result.ts';
import { actionFlag, countFlag, durationFlag } from '../flag-values.ts';

/** `volley cache stats` and `volley cache prune`. */
export async function cache(args: Arguments): Promise<number> {
  const action = actionFlag(
    args,
    CACHE_ACTIONS,
    'write `volley cache stats` or `volley cache prune`',
  );
  const [, given] = args.positionals;
  const folder = given === undefined ? userResponseCache() : resolve(given);
  if (given !== undefined && !statOf(folder)?.isDirectory()) {
    throw usageError(
      `there is no folder \`${given}\``,
      'pass the folder that you used for `--response-cache`',
    );
  }
  const files = systemEntryFiles(folder);
  if (action === 'stats') {
    const stats = await cacheStats(files);
    await printEither(args, { v: 1, folder, ...asData(stats) }, `${folder}: ${statsText(stats)}\n`);
    return EXIT.ok;
  }
  const { removed, left } = await pruneCache(
    files,
    {
      maxAgeMs: durationFlag(args, 'older-than') ?? DEFAULT_CACHE_BOUNDS.maxAgeMs,
      maxBytes:
        countFlag(args, 'max-bytes', { min: 0, max: Number.MAX_SAFE_INTEGER }) ??
        DEFAULT_CACHE_BOUNDS.maxBytes,
    },
    systemClock.epochMs(),
  );
  await printEither(
    args,
    { v: 1, folder, removed: asData(removed), left: asData(left) },
    `${folder}: ${counted(removed.entries, 'answer')} removed (${formatCount(removed.bytes)}B), ${statsText(left)}\n`,
  );
  return EXIT.ok;
}

function statsText({ entries, bytes, oldestMs, newestMs }: CacheStats): string {
  if (entries === 0) return 'no answers';
  const days = [oldestMs, newestMs].map((ms) => new Date(ms ?? 0).toISOString().slice(0, 10));
  return `${counted(entries, 'answer')}, ${formatCount(bytes)}B, from ${days.join(' to ')}`;
}

function asData({ entries, bytes, oldestMs, newestMs }: CacheStats): object {
  return { entries, bytes, oldest_at: timeText(oldestMs), newest_at: timeText(newestMs) };
}

function timeText(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
