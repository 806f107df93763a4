import type { LaneName } from '../outcome/schedule-events.ts';
import type { BatchingOptions } from './batch-lane.ts';
import type { Chunk } from './chunk.ts';

export interface BatchTotals {
  /** Batches that have not been collected yet. */
  readonly pending: number;
  /** US dollars; undefined without batches, null if a price is unknown. */
  readonly savedUsd: number | null | undefined;
  readonly isDetached: boolean;
  /** For each lane, the longest time that a canceled batch took to end. */
  readonly cancelMs: ReadonlyMap<LaneName, number>;
}

export type BatchRun = ReturnType<typeof createBatchRun>;

/** What the lanes of a run share about its batches. */
export function createBatchRun(options: BatchingOptions) {
  const working = new Set<Promise<void>>();
  /** Chunks that are not collected and whose batch exists or may exist. */
  const open = new Set<Chunk>();
  const creating = new Map<string, Promise<void>>();
  const claimedIds = new Set<string>();
  const cancelMs = new Map<LaneName, number>();
  let savedUsd: number | null | undefined;
  let isDetached = false;
  return {
    options,
    open,
    /** Whether a batch is known to belong to a chunk. */
    isClaimed: (batchId: string) => claimedIds.has(batchId),
    claim: (batchId: string) => void claimedIds.add(batchId),
    /**
     * Create calls happen one after another per provider, so that a lost one can be told from the
     * others by its time.
     */
    inTurn(provider: string, work: () => Promise<void>): Promise<void> {
      const done = (creating.get(provider) ?? Promise.resolve()).then(work);
      creating.set(
        provider,
        done.catch(() => undefined),
      );
      return done;
    },
    /** Work that must finish before the run can end. */
    track(work: Promise<void>, onError: (error: unknown) => void): void {
      const tracked = work.catch(onError).finally(() => working.delete(tracked));
      working.add(tracked);
    },
    /** US dollars; null if a price is unknown. */
    addSaved(usd: number | null): void {
      savedUsd = usd === null || savedUsd === null ? null : (savedUsd ?? 0) + usd;
    },
    /** How long a batch of a lane took to end after it was canceled. */
    addCancel(lane: LaneName, tookMs: number): void {
      cancelMs.set(lane, Math.max(1, Math.round(tookMs), cancelMs.get(lane) ?? 0));
    },
    /** Batches are left with their providers on purpose. */
    detach(): void {
      isDetached = true;
    },
    totals: (): BatchTotals => ({ pending: open.size, savedUsd, isDetached, cancelMs }),
    /** Resolves when no tracked work is in progress. */
    async quiet(): Promise<void> {
      while (working.size > 0) await Promise.all(working);
    },
  };
}
