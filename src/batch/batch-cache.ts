import type { RunSettings, TaskTemplate } from '../manifest/manifest.ts';
import type { PromptRequest } from '../plan/task.ts';
import { batchPrefixes } from '../prefix/expected-caching.ts';
import { paysOff, type CacheMarks } from '../prefix/cache-marks.ts';
import { marksOf } from '../prefix/cache-role.ts';
import { createWarmUp, type WarmUpOptions } from '../prefix/warm-up.ts';
import type { Usage } from '../providers/provider.ts';
import type { BatchRow } from './chunk.ts';

/** A prefix that a row shares with enough other rows for a batch to read it from the cache. */
export interface BatchPrefix {
  readonly key: string;
  readonly marks: CacheMarks;
}

/** A batch that goes first may take an hour, which is too long for a short deadline. */
const LEAST_DEADLINE_MS = 14_400_000;

/** Whether a run has time for batches that wait until another batch has filled the cache. */
export function mayFillCache({ deadlineMs = Infinity }: Pick<RunSettings, 'deadlineMs'>): boolean {
  return deadlineMs >= LEAST_DEADLINE_MS;
}

/** Half of the cache lifetime of one hour: a batch may take the other half to begin. */
const FRESH_MS = 1_800_000;
/** After this many rows, it is known whether rows read the prefixes that other rows wrote. */
const ENOUGH = 20;

export type BatchCache = NonNullable<ReturnType<typeof createBatchCache>>;

/**
 * How the batches of a lane fill the provider's cache, because realtime requests do not fill it for
 * them. One row per prefix goes first, and the rows that follow read the prefix that it wrote.
 * Unless a row goes first, nothing is marked.
 */
export function createBatchCache(
  caching: WarmUpOptions,
  { minRows, nowMs }: { readonly minRows: number; readonly nowMs: () => number },
) {
  const { rules } = caching;
  const lifetime = rules.batchLifetime;
  if (lifetime === undefined) return undefined;
  const warmUp = createWarmUp(caching);
  /**
   * When an entry was last used; `-Infinity` if it was not written, or if that is not known yet.
   */
  const usedMs = new Map<string, number>();
  const counts = { marked: 0, read: 0 };
  let isOff = false;

  function isFresh(key: string): boolean {
    return nowMs() - (usedMs.get(key) ?? -Infinity) < FRESH_MS;
  }

  return {
    prefixOf(request: PromptRequest, template: TaskTemplate): BatchPrefix | undefined {
      const shared = warmUp.shared(request, template);
      const prefixes = shared ? batchPrefixes(shared, { rules, minRows }) : [];
      const key = prefixes.at(-1)?.key;
      const marks = marksOf(prefixes.map((prefix) => ({ prefix, lifetime })));
      return key !== undefined && marks ? { key, marks } : undefined;
    },
    /** The waiting rows that go first: one for each prefix that enough others share. */
    primers(rows: readonly BatchRow[]): readonly BatchRow[] {
      if (isOff) return [];
      const groups = Map.groupBy(rows, ({ prefix }) => prefix?.key);
      const primers = [...groups].flatMap(([key, [first, ...others]]) => {
        if (key === undefined || !first || isFresh(key) || usedMs.get(key) === -Infinity) return [];
        const isWorthIt = others.length >= minRows && paysOff(rules, others.length + 1, lifetime);
        return isWorthIt ? [first] : [];
      });
      for (const { prefix } of primers) if (prefix) usedMs.set(prefix.key, -Infinity);
      return primers;
    },
    /** The marks for a row of a batch that is submitted now. */
    marks: ({ prefix }: BatchRow): CacheMarks | undefined =>
      prefix && !isOff && isFresh(prefix.key) ? prefix.marks : undefined,
    /**
     * Notes the answer to a marked row. True if too few rows read what was written, so nothing more
     * is marked.
     */
    answered({ prefix }: BatchRow, usage: Usage | undefined): boolean {
      if (!prefix || !usage) return false;
      const isPrimer = usedMs.get(prefix.key) === -Infinity;
      const isRead = usage.cacheReadTokens > 0;
      if (isRead || (isPrimer && usage.cacheWriteTokens > 0)) usedMs.set(prefix.key, nowMs());
      if (isPrimer || isOff) return false;
      counts.marked += 1;
      if (isRead) counts.read += 1;
      const { writeLong, read } = rules.rates;
      // A row that does not read a prefix writes it again.
      isOff =
        counts.marked >= ENOUGH &&
        counts.read / counts.marked < (writeLong - 1) / (writeLong - read);
      return isOff;
    },
    /** Notes that these rows were not processed after all. */
    notPrimed(rows: readonly BatchRow[]): void {
      for (const { prefix } of rows) if (prefix) usedMs.delete(prefix.key);
    },
  };
}
