import type { SharedParts } from '../manifest/divide-by-shard.ts';
import { systemClock } from '../ports/system-clock.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import type { RunShare } from '../share/open-share.ts';
import { readShareUrl } from '../share/share-url.ts';
import { usageError, type Arguments } from './arguments.ts';
import { textFlag } from './flag-values.ts';

/**
 * What the runs share through Redis, so that `--shard` does not divide it. Does not connect. Throws
 * a `VolleyError` if the flags contradict each other.
 */
export function sharedParts(args: Arguments): SharedParts {
  const url = shareUrl(args);
  if (url !== undefined) readShareUrl(url);
  const budget = textFlag(args, 'share-budget');
  if (budget !== undefined && url === undefined) {
    throw usageError('`--share-budget` needs `--share`', 'add `--share redis://HOST:PORT`');
  }
  if (budget !== undefined && !/^[\w.:/-]{1,200}$/.test(budget)) {
    throw usageError(
      '`--share-budget` must be a name of letters, digits and `.:/_-`',
      'for example, write `--share-budget nightly`',
    );
  }
  return { limits: url !== undefined, budget: budget !== undefined };
}

/** Connects to the Redis server of `--share`, if there is one. */
export async function openRunShare(
  args: Arguments,
  { plan: { manifest } }: PreparedRun,
): Promise<RunShare | undefined> {
  const url = shareUrl(args);
  if (url === undefined) return undefined;
  const budget = textFlag(args, 'share-budget');
  if (budget !== undefined && manifest.budget?.maxCostUsd === undefined) {
    throw usageError(
      '`--share-budget` needs a budget',
      'add `--max-cost-usd N`, or `budget: { max_cost_usd: N }` in the manifest',
    );
  }
  const { openShare } = await import('../share/open-share.ts');
  return openShare(url, { budget, clock: systemClock, random: Math.random });
}

function shareUrl(args: Arguments): string | undefined {
  const url = textFlag(args, 'share') ?? process.env['VOLLEY_SHARE'];
  return url === '' ? undefined : url;
}
