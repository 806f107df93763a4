import { onAbort } from '../ports/abort.ts';

export type RunSlots = ReturnType<typeof createRunSlots>;

/**
 * A limited number of places. A free place goes to the waiting caller that holds the fewest, so
 * that slow work does not crowd out fast work. If several hold equally few, the first one to ask
 * gets it. `capacity` may change, so it is called each time.
 */
export function createRunSlots(capacity: () => number) {
  const waiting = new Set<Waiting>();
  let inUse = 0;
  let highest = 0;

  function tryTake(): boolean {
    if (inUse >= capacity()) return false;
    inUse += 1;
    highest = Math.max(highest, inUse);
    return true;
  }

  return {
    inUse: () => inUse,
    /** The most that were ever in use at once. */
    highest: () => highest,
    /** Takes a place if one is free. */
    tryTake,
    /**
     * Calls `granted` once, with a place taken for it, as soon as there is one. `held` returns how
     * many places the caller holds by then; default: none. Returns a function that leaves the
     * queue.
     */
    whenFree(granted: () => void, held: () => number = () => 0): () => void {
      if (tryTake()) {
        granted();
        return () => {};
      }
      const entry = { granted, held };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
    release(): void {
      inUse -= 1;
      const next = fewestHeld(waiting);
      if (!next || !tryTake()) return;
      waiting.delete(next);
      next.granted();
    },
  };
}

interface Waiting {
  readonly granted: () => void;
  readonly held: () => number;
}

function fewestHeld(waiting: Iterable<Waiting>): Waiting | undefined {
  const all = [...waiting].map((entry) => ({ entry, held: entry.held() }));
  return all.toSorted((one, other) => one.held - other.held)[0]?.entry;
}

/** Waits for a place. False, with no place taken, once `signal` aborts. */
export function takeSlot(slots: RunSlots, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const leave = slots.whenFree(() => resolve(true));
  const stop = () => {
    leave();
    resolve(false);
  };
  void promise.then(onAbort(signal, stop));
  return promise;
}
