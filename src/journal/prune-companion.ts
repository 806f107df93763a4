import { dirname } from 'node:path';
import { roundUsd } from '../money/cost.ts';
import { type Disk, readExactly, withFile, writeAll } from '../ports/disk.ts';
import type { Seal } from '../results/seal.ts';
import { lockResults } from './lock-results.ts';
import { companionLine, companionName, findFiles } from './companion.ts';
import { cannotOpen, worded } from './file-errors.ts';
import { realResults } from './read-records.ts';
import { readResultsAt } from './read-results.ts';
import { replaceFile, rewriteName } from './rewrite.ts';

export interface Pruned {
  readonly lines: number;
  readonly bytes: number;
  /** What the pruned lines cost; a budget still counts this amount. */
  readonly costUsd: number;
}

/**
 * Empties the companion of a results file, so its answers are no longer reused. Only their cost
 * stays, because a budget counts it. Undefined if there is nothing to prune. Throws a
 * `VolleyError`.
 */
export async function pruneCompanion(
  disk: Disk,
  path: string,
  { seal }: { readonly seal: Seal | undefined },
): Promise<Pruned | undefined> {
  try {
    const real = await realResults(disk, path);
    const release = await lockResults(disk, real, path);
    try {
      return await prune(disk, { real, path, seal });
    } finally {
      await release();
    }
  } catch (error) {
    throw worded(error, (cause) => cannotOpen(path, cause));
  }
}

async function prune(
  disk: Disk,
  {
    real,
    path,
    seal,
  }: { readonly real: string; readonly path: string; readonly seal: Seal | undefined },
): Promise<Pruned | undefined> {
  const name = companionName(real);
  const { companion } = await findFiles(disk, real, path);
  if (!companion) return undefined;
  const { prunable } = await readResultsAt(disk, { real, name: path, hasCompanion: true });
  const { lines, others } = prunable;
  if (lines === 0) return undefined;
  const costUsd = roundUsd(prunable.costUsd);
  const kept = await withFile(disk, name, (old) =>
    Promise.all(others.map((place) => readExactly(old, place))),
  );
  if (costUsd > 0)
    kept.push(Buffer.from(companionLine({ kind: 'pruned', cost_usd: costUsd }, seal)));
  const text = Buffer.concat(kept);
  await disk.remove(rewriteName(name));
  if (text.length > 0) await replaceFile(disk, name, (file) => writeAll(file, text));
  else {
    await disk.remove(name);
    await disk.syncFolder(dirname(name));
  }
  return { lines, bytes: companion.bytes - text.length, costUsd };
}
