import { NOTHING_READY, type FedTask, type FeedItem } from '../schedule/feed-item.ts';
import type { FlowNode, ReadyTask } from './needs-state.ts';

/** A task that an entry gives, with what it follows. */
export type Taken = Pick<ReadyTask, 'task'> & Partial<Pick<ReadyTask, 'own'>>;

/** What a lane's feed asks of the flow. */
export interface FeedSource {
  /** The lane's entries, the most urgent first. */
  readonly entries: readonly FlowNode[];
  /** Whether nothing is to be given for now, whatever is ready. */
  readonly isHeld: () => boolean;
  readonly canGive: (entry: FlowNode) => boolean;
  /** Whether it gives nothing for now because a later step does not keep up. */
  readonly isHeldBack: (entry: FlowNode) => boolean;
  /** The next task of an entry that can give one; undefined when it turns out to have none. */
  readonly take: (entry: FlowNode) => Promise<Taken | undefined>;
  /** The task with its texts, if it is to be given out; else it was dealt with. */
  readonly admit: (entry: FlowNode, taken: Taken) => Promise<FedTask | undefined>;
  /** Resolves when something in the flow has changed since it was asked for. */
  readonly nextChange: () => Promise<void>;
  readonly tellChange: () => void;
}

/**
 * The tasks of a lane, each as soon as it is ready, and word of it when none is because of what they
 * need. Ends when none is left, or will ever be ready.
 */
export function laneFeed(source: FeedSource): AsyncIterable<FeedItem> {
  const { entries, isHeld, canGive, isHeldBack, take, admit } = source;
  return {
    [Symbol.asyncIterator]() {
      const left = new Set(entries.filter(({ isExhausted }) => !isExhausted));
      let isClosed = false;
      let hasToldWait = false;

      function givingEntry(): FlowNode | undefined {
        if (isHeld()) return undefined;
        for (const entry of left) {
          if (canGive(entry)) return entry;
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
            // Asked for before looking: what changes meanwhile counts.
            const change = source.nextChange();
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
            const taken = await take(entry);
            if (entry.isExhausted) left.delete(entry);
            if (!taken || isClosed) continue;
            const fed = await admit(entry, taken);
            if (fed) return { done: false, value: fed };
          }
        },
        async return() {
          isClosed = true;
          source.tellChange();
          for (const { stream } of entries) void stream?.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
