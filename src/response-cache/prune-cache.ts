import type { EntryFiles } from '../ports/entry-files.ts';
import { isEntryName } from './response-cache.ts';

export interface CacheBounds {
  readonly maxBytes: number;
  /** Counted from when the answer was written. */
  readonly maxAgeMs: number;
}

export const DEFAULT_CACHE_BOUNDS: CacheBounds = {
  maxBytes: 1024 * 1024 * 1024,
  maxAgeMs: 90 * 86_400_000,
};

export interface CacheStats {
  readonly entries: number;
  readonly bytes: number;
  /** Milliseconds since 1970; undefined if there are no entries. */
  readonly oldestMs: number | undefined;
  readonly newestMs: number | undefined;
}

export interface Pruned {
  readonly removed: CacheStats;
  readonly left: CacheStats;
}

/** An older draft belongs to a writer that was killed. */
const DRAFT_MS = 3_600_000;

interface Entry {
  readonly name: string;
  readonly bytes: number;
  readonly writtenMs: number;
}

export async function cacheStats(files: EntryFiles): Promise<CacheStats> {
  return statsOf(await entriesOf(files));
}

/** Removes entries that are too old, then the oldest until the rest is small enough. */
export async function pruneCache(
  files: EntryFiles,
  { maxBytes, maxAgeMs }: CacheBounds,
  nowMs: number,
): Promise<Pruned> {
  const entries = (await entriesOf(files)).toSorted(
    (one, other) => other.writtenMs - one.writtenMs,
  );
  const left: Entry[] = [];
  const removed: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    bytes += entry.bytes;
    (bytes > maxBytes || nowMs - entry.writtenMs > maxAgeMs ? removed : left).push(entry);
  }
  for (const { name } of removed) await files.remove(name);
  await files.removeDrafts(nowMs - DRAFT_MS);
  return { removed: statsOf(removed), left: statsOf(left) };
}

async function entriesOf(files: EntryFiles): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const name of (await files.names()).filter(isEntryName)) {
    const facts = await files.facts(name);
    if (facts) entries.push({ name, ...facts });
  }
  return entries;
}

function statsOf(entries: readonly Entry[]): CacheStats {
  const times = entries.map(({ writtenMs }) => writtenMs);
  return {
    entries: entries.length,
    bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
    oldestMs: times.reduce<number | undefined>(
      (a, b) => (a === undefined || b < a ? b : a),
      undefined,
    ),
    newestMs: times.reduce<number | undefined>(
      (a, b) => (a === undefined || b > a ? b : a),
      undefined,
    ),
  };
}
