/** A counted number of places, handed out in the order in which they were asked for. */
export interface Slots {
  readonly inUse: number;
  /** The most that were ever in use at once. */
  readonly highest: number;
  /** Takes a place if one is free. */
  tryTake(): boolean;
  /** Calls `granted` once, with a place taken for it, as soon as there is one. Returns a way to leave the queue. */
  whenFree(granted: () => void): () => void;
  release(): void;
}

/** `capacity` is asked for each time, for one that changes. */
export function createSlots(capacity: () => number): Slots {
  const waiting = new Set<() => void>();
  let inUse = 0;
  let highest = 0;

  function tryTake(): boolean {
    if (inUse >= capacity()) return false;
    inUse += 1;
    highest = Math.max(highest, inUse);
    return true;
  }

  return {
    get inUse() {
      return inUse;
    },
    get highest() {
      return highest;
    },
    tryTake,
    whenFree(granted) {
      if (tryTake()) {
        granted();
        return () => {};
      }
      // Wrapped, so that the same function may queue twice.
      const entry = (): void => granted();
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
    release() {
      inUse -= 1;
      const [next] = waiting;
      if (!next || !tryTake()) return;
      waiting.delete(next);
      next();
    },
  };
}

/** Waits for a place; false, with none taken, once `signal` aborts. */
export function takeSlot(slots: Slots, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const leave = slots.whenFree(() => {
      signal.removeEventListener('abort', onAbort);
      resolve(true);
    });
    function onAbort(): void {
      leave();
      resolve(false);
    }
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
