import { changedOnly, type ChangedOnly } from '../against/changed-only.ts';
import { cachedEarlier, readEarlier, type Earlier } from '../forecast/earlier-answers.ts';
import { systemDisk } from '../ports/system-disk.ts';
import { VolleyError } from '../errors/volley-error.ts';
import type { Resumption } from '../run/resume.ts';
import { answersFromElsewhere } from './answers-from-elsewhere.ts';
import { openSeal } from './open-seal.ts';
import { switchFlag } from './flag-values.ts';
import { tellEarly } from './terminal.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import type { Against } from './against.ts';
import type { Arguments } from './arguments.ts';
import { earlierResults } from './open-destination.ts';
import { openResponseCache, responseCacheFolder } from './open-response-cache.ts';

/** The tasks that are finished, or skipped because they did not change. */
export async function earlierOf(
  args: Arguments,
  prepared: PreparedRun,
  against?: Against,
): Promise<(Earlier & Partial<Pick<ChangedOnly, 'needed'>>) | undefined> {
  const earlier = await readEarlierResults(args, prepared);
  if (!against) return earlier;
  const only = await changedOnly(prepared, against.comparison, earlier?.resumption);
  return { spentUsd: 0, answersOf: () => undefined, ...earlier, ...only };
}

/**
 * Reads the results file of the command line or manifest without changing it. Prints a note about
 * answers from elsewhere, which a run in CI would refuse.
 */
async function readEarlierResults(
  args: Arguments,
  prepared: PreparedRun,
): Promise<Earlier | undefined> {
  const { manifest } = prepared.plan;
  const results = await earlierResults(args, manifest);
  if (!results && responseCacheFolder(args, manifest) === undefined) return undefined;
  const { seal } = await openSeal(manifest.file, process.env);
  const cached = (await openResponseCache(args, manifest, seal))?.deciding;
  const found =
    results &&
    (await readEarlier(prepared, results.file, {
      mode: results.mode,
      disk: systemDisk,
      sealing: { seal, trustsAll: switchFlag(args, 'trust-results') },
      cached,
    }));
  if (found?.resumption) await noteElsewhere(args, found.resumption);
  return found ?? (cached && cachedEarlier(prepared, cached));
}

async function noteElsewhere(args: Arguments, { fromElsewhere }: Resumption): Promise<void> {
  try {
    for (const note of answersFromElsewhere(args, fromElsewhere)) await tellEarly(args, note);
  } catch (error) {
    if (!(error instanceof VolleyError)) throw error;
    await tellEarly(args, `a run would stop here: ${error.message}: ${error.hint}`);
  }
}
