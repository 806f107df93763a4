import { NOTHING_READY, type FedTask, type FeedItem } from '../prefix/feed-item.ts';
import { isHeldBack, type EntryProgress, type Taken } from './entry-progress.ts';
import type { FlowNode } from './needs-state.ts';

/**
 * Yields each task of a lane as soon as it is ready, and `NOTHING_READY` when all remaining ones
 * wait for their needs. Ends when no task is left that can ever become ready.
 */
export function laneFeed(
  progress: EntryProgress,
  {
    entries,
    isHeld,
    admit,
  }: {
    /** The lane's entries, most urgent first. */
    readonly entries: readonly FlowNode[];
    /** Whether the lane gives out no tasks for now, even if some are ready. */
    readonly isHeld: () => boolean;
    /** The task with its prompt, if it is to be sent; undefined if it was handled. */
    readonly admit: (entry: FlowNode, taken: Taken) => Promise<FedTask | undefined>;
  },
): AsyncIterable<FeedItem> {
  return {
    [Symbol.asyncIterator]() {
      const left = new Set(entries.filter(({ isExhausted }) => !isExhausted));
      let isClosed = false;
      let hasToldWait = false;

      function givingEntry(): FlowNode | undefined {
        if (isHeld()) return undefined;
        for (const entry of left) {
          if (progress.canGive(entry)) return entry;
          if (entry.isExhausted) left.delete(entry);
        }
        return undefined;
      }

      function awaitsNeeds(): boolean {
        return !isHeld() && ![...left].some(isHeldBack);
      }

      return {
        async next() {
          for (;;) {
            // This comes before looking for an entry, so that a change in between is not missed.
            const change = progress.changes.next();
            const entry = isClosed ? undefined : givingEntry();
            if (isClosed || left.size === 0) return { done: true, value: undefined };
            if (!entry) {
              if (!hasToldWait && awaitsNeeds()) {
                hasToldWait = true;
                return { done: false, value: NOTHING_READY };
              }
              await change;
              continue;
            }
            hasToldWait = false;
            const taken = await progress.take(entry);
            if (entry.isExhausted) left.delete(entry);
            if (!taken || isClosed) continue;
            const fed = await admit(entry, taken);
            if (fed) return { done: false, value: fed };
          }
        },
        async return() {
          isClosed = true;
          progress.changes.tell();
          for (const { stream } of entries) void stream?.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
