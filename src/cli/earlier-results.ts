import { changedOnly, type ChangedOnly } from '../against/changed-only.ts';
import { cachedEarlier, readEarlier, type Earlier } from '../forecast/earlier.ts';
import { systemDisk } from '../ports/system-disk.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { CachedAnswers } from '../run/cached-answers.ts';
import type { PreparedRun } from '../run/prepare.ts';
import type { Against } from './against.ts';
import type { Arguments } from './arguments.ts';
import { earlierResults } from './destination.ts';
import { openResponseCache, responseCacheFolder } from './open-response-cache.ts';
import { openSeal } from './open-seal.ts';

/** What is done already, or is left alone since it did not change. */
export async function changedOnlyOf(
  args: Arguments,
  prepared: PreparedRun,
  { comparison }: Against,
): Promise<Earlier & Pick<ChangedOnly, 'needed'>> {
  const earlier = await earlierOf(args, prepared);
  const only = await changedOnly(prepared, comparison, earlier?.resumption);
  return { spentUsd: 0, answersOf: () => undefined, ...earlier, ...only };
}

/** What the results file that a command line or manifest names holds already. Touches nothing. */
export async function earlierOf(
  args: Arguments,
  prepared: PreparedRun,
): Promise<Earlier | undefined> {
  const { manifest } = prepared.plan;
  const results = await earlierResults(args, manifest);
  const cached = await cachedOf(args, manifest);
  const found =
    results &&
    (await readEarlier(prepared, results.file, { mode: results.mode, disk: systemDisk, cached }));
  return found ?? (cached && cachedEarlier(prepared, cached));
}

async function cachedOf(args: Arguments, manifest: Manifest): Promise<CachedAnswers | undefined> {
  if (responseCacheFolder(args, manifest) === undefined) return undefined;
  const { seal } = await openSeal(manifest.file, process.env);
  return (await openResponseCache(args, manifest, seal))?.deciding;
}
