/** Passes values from producers to one reader, in order. */
export interface EventQueue<Value> extends AsyncIterable<Value> {
  /** Adds a value without waiting. */
  push(value: Value): void;
  /**
   * Adds a value and waits until the reader has taken it, so a slow reader slows the producer down.
   */
  hand(value: Value): Promise<void>;
  /**
   * Accepts no more values. If there is a `reason`, its error is thrown to the reader after the
   * last value.
   */
  end(reason?: { readonly error: unknown }): void;
}

interface Entry<Value> {
  readonly value: Value;
  readonly taken: (() => void) | undefined;
}

export function createEventQueue<Value>(): EventQueue<Value> {
  let entries: Entry<Value>[] = [];
  let head = 0;
  let ended: { readonly reason: { readonly error: unknown } | undefined } | undefined;
  let wake: (() => void) | undefined;

  function add(entry: Entry<Value>): void {
    if (ended) {
      entry.taken?.();
      return;
    }
    entries.push(entry);
    wake?.();
  }

  function shift(): Entry<Value> | undefined {
    const entry = entries[head];
    if (!entry) return undefined;
    head += 1;
    // Shifting is cheap because the entries already read are dropped only when they are half of the
    // list.
    if (head * 2 > entries.length) {
      entries = entries.slice(head);
      head = 0;
    }
    return entry;
  }

  return {
    push: (value) => add({ value, taken: undefined }),
    hand: (value) => new Promise((resolve) => add({ value, taken: resolve })),
    end(reason) {
      ended ??= { reason };
      wake?.();
    },
    [Symbol.asyncIterator]: () =>
      readEntries({
        shift,
        ended: () => ended,
        leave() {
          ended ??= { reason: undefined };
        },
        arrival: () =>
          new Promise((resolve) => {
            wake = resolve;
          }),
      }),
  };
}

interface Entries<Value> {
  shift(): Entry<Value> | undefined;
  ended(): { readonly reason: { readonly error: unknown } | undefined } | undefined;
  /** Notes that the reader stops. */
  leave(): void;
  /** Resolves when there may be another entry, or when the queue may have ended. */
  arrival(): Promise<void>;
}

/**
 * Not a closure: V8 creates a hidden class for each generator function that runs, and the variables
 * it closes over stay in memory until the next full collection (decision 22).
 */
async function* readEntries<Value>(entries: Entries<Value>): AsyncGenerator<Value, void, void> {
  try {
    for (;;) {
      const entry = entries.shift();
      if (entry) {
        try {
          yield entry.value;
        } finally {
          // This also happens if the reader stops at this value.
          entry.taken?.();
        }
        continue;
      }
      const ended = entries.ended();
      if (ended?.reason) throw ended.reason.error;
      if (ended) return;
      await entries.arrival();
    }
  } finally {
    // A reader that stops early must not leave producers waiting.
    entries.leave();
    for (let entry = entries.shift(); entry; entry = entries.shift()) entry.taken?.();
  }
}
