import { dirname, join, resolve } from 'node:path';
import type { Manifest } from '../manifest/manifest.ts';
import { cacheFolder } from '../ports/user-folders.ts';
import { runsInCi } from '../ports/environment.ts';
import { systemClock } from '../ports/system-clock.ts';
import { systemEntryFiles } from '../ports/system-entry-files.ts';
import { counted } from '../report/format-numbers.ts';
import { DEFAULT_CACHE_BOUNDS, pruneCache } from '../response-cache/prune-cache.ts';
import { createResponseCache, type ResponseCache } from '../response-cache/response-cache.ts';
import type { Seal } from '../results/seal.ts';
import { reasonOf, remedyOf } from '../results/write-problems.ts';
import { cachedAnswers, type CachedAnswers } from '../run/check-kept-answers.ts';
import { usageError, type Arguments } from './arguments.ts';
import { switchFlag, textFlag } from './flag-values.ts';
import { refuseUnsafeNames } from './unsafe-file-names.ts';

/** The response cache of a run. */
export interface OpenedCache {
  /** For deciding what to send: even answers not sealed with the caller's key, to report them. */
  readonly deciding: CachedAnswers;
  /** For the run: in CI, only answers sealed with the caller's key, unless others are trusted. */
  readonly answers: CachedAnswers;
  readonly keep: ResponseCache['put'];
  /** Prunes the cache once a day. Returns notes. */
  readonly close: () => Promise<readonly string[]>;
}

/** Undefined unless the command line or the manifest asks for a cache. May throw (exit 2). */
export async function openResponseCache(
  args: Arguments,
  manifest: Manifest,
  seal: Seal | undefined,
): Promise<OpenedCache | undefined> {
  const folder = responseCacheFolder(args, manifest);
  if (folder === undefined) return undefined;
  await refuseUnsafeNames([{ flag: '--response-cache ', path: folder }], dirname(manifest.file));
  const files = systemEntryFiles(folder);
  const isStrict = runsInCi(process.env) && !switchFlag(args, 'trust-results');
  const base = {
    files,
    seal,
    ttlMs: manifest.responseCache?.ttlMs ?? DEFAULT_CACHE_BOUNDS.maxAgeMs,
    epochMs: () => systemClock.epochMs(),
  };
  let ignored = 0;
  const running = createResponseCache({
    ...base,
    accepts(check) {
      if (check === 'ours' || !isStrict) return true;
      ignored += 1;
      return false;
    },
  });
  return {
    deciding: cachedAnswers(createResponseCache({ ...base, accepts: () => true })),
    answers: cachedAnswers(running),
    keep: (record) => running.put(record),
    async close() {
      if (running.written() > 0) await pruneDaily(files, systemClock.epochMs());
      const problem = running.problem();
      return [
        ...(ignored > 0
          ? [
              `${counted(ignored, 'answer')} in the response cache were not used: they are not sealed with your key`,
            ]
          : []),
        ...(problem
          ? [
              `${counted(problem.unkept, 'answer')} could not be kept in the response cache \`${folder}\`: ${reasonOf(problem.error)}; ${remedyOf(problem.error)}`,
            ]
          : []),
      ];
    },
  };
}

export function responseCacheFolder(
  args: Arguments,
  manifest: Pick<Manifest, 'file' | 'responseCache'>,
): string | undefined {
  const given = textFlag(args, 'response-cache');
  const { responseCache, file } = manifest;
  if (given === 'off' || (given === undefined && !responseCache)) return undefined;
  if (given !== undefined && given !== '') return resolve(given);
  if (responseCache?.dir !== undefined) return join(dirname(file), responseCache.dir);
  return userResponseCache();
}

/** The default folder of the cache. Throws a `VolleyError` (exit 2) if there is none. */
export function userResponseCache(): string {
  const folder = cacheFolder(process.env, process.platform);
  if (folder !== undefined) return join(folder, 'responses');
  throw usageError(
    'there is no folder for the response cache: neither `HOME` nor `XDG_CACHE_HOME` is set',
    'pass one: `--response-cache DIR`',
  );
}

const PRUNED = 'pruned';
const DAY_MS = 86_400_000;

/** A failure to prune does not make the cache unusable. */
async function pruneDaily(
  files: ReturnType<typeof systemEntryFiles>,
  nowMs: number,
): Promise<void> {
  try {
    const last = await files.facts(PRUNED);
    if (last && nowMs - last.writtenMs < DAY_MS) return;
    await files.write(PRUNED, new Uint8Array());
    await pruneCache(files, DEFAULT_CACHE_BOUNDS, nowMs);
  } catch {
    // The next run tries again.
  }
}
