import type { LaneName } from '../schedule/events.ts';
import type { BatchingOptions } from './batch-lane.ts';
import type { Chunk } from './chunk.ts';

/** What the lanes of a run share of its batches. */
export interface BatchRun {
  readonly options: BatchingOptions;
  /** Chunks that exist, or may, and are not collected. */
  readonly open: Set<Chunk>;
  /** Whether a batch is known to be that of a chunk. */
  isClaimed(batchId: string): boolean;
  claim(batchId: string): void;
  /** Creates go one after another per provider, so that a lost one is told from its neighbors by its time. */
  inTurn(provider: string, work: () => Promise<void>): Promise<void>;
  /** Waited for at the end of the run. */
  track(work: Promise<void>, onError: (error: unknown) => void): void;
  /** US dollars; null where a price is unknown. */
  addSaved(usd: number | null): void;
  /** How long a batch of a lane took to end once it was canceled. */
  addCancel(lane: LaneName, tookMs: number): void;
  /** Batches are left with their providers on purpose. */
  detach(): void;
  totals(): BatchTotals;
  /** Resolves once nothing that is tracked is in flight. */
  quiet(): Promise<void>;
}

export interface BatchTotals {
  /** Batches that are not collected. */
  readonly pending: number;
  /** US dollars; undefined without batches, null where a price is unknown. */
  readonly savedUsd: number | null | undefined;
  readonly isDetached: boolean;
  /** The longest of each lane that a canceled batch took to end. */
  readonly cancelMs: ReadonlyMap<LaneName, number>;
}

export function createBatchRun(options: BatchingOptions): BatchRun {
  const working = new Set<Promise<void>>();
  const open = new Set<Chunk>();
  const creating = new Map<string, Promise<void>>();
  const claimedIds = new Set<string>();
  const cancelMs = new Map<LaneName, number>();
  let savedUsd: number | null | undefined;
  let isDetached = false;
  return {
    options,
    open,
    isClaimed: (batchId) => claimedIds.has(batchId),
    claim: (batchId) => void claimedIds.add(batchId),
    inTurn(provider, work) {
      const done = (creating.get(provider) ?? Promise.resolve()).then(work);
      creating.set(
        provider,
        done.catch(() => undefined),
      );
      return done;
    },
    track(work, onError) {
      const tracked = work.catch(onError).finally(() => working.delete(tracked));
      working.add(tracked);
    },
    addSaved(usd) {
      savedUsd = usd === null || savedUsd === null ? null : (savedUsd ?? 0) + usd;
    },
    addCancel(lane, tookMs) {
      cancelMs.set(lane, Math.max(1, Math.round(tookMs), cancelMs.get(lane) ?? 0));
    },
    detach() {
      isDetached = true;
    },
    totals: () => ({ pending: open.size, savedUsd, isDetached, cancelMs }),
    async quiet() {
      while (working.size > 0) await Promise.all(working);
    },
  };
}
