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

interface State<Value> {
  entries: Entry<Value>[];
  ended: { readonly reason: { readonly error: unknown } | undefined } | undefined;
  /** Wakes the reader. */
  wake: (() => void) | undefined;
}

export function createEventQueue<Value>(): EventQueue<Value> {
  const state: State<Value> = { entries: [], ended: undefined, wake: undefined };

  function add(entry: Entry<Value>): void {
    if (state.ended) return entry.taken?.();
    state.entries.push(entry);
    state.wake?.();
  }

  return {
    push: (value) => add({ value, taken: undefined }),
    hand: (value) => new Promise((resolve) => add({ value, taken: resolve })),
    end(reason) {
      state.ended ??= { reason };
      state.wake?.();
    },
    [Symbol.asyncIterator]: () => readEntries(state),
  };
}

/**
 * Not a closure: V8 creates a hidden class for each generator function that runs, and the variables
 * it closes over stay in memory until the next full collection (decision 22).
 */
async function* readEntries<Value>(state: State<Value>): AsyncGenerator<Value, void, void> {
  let left: Entry<Value>[] = [];
  try {
    for (;;) {
      // The oldest is last, so that taking it is cheap.
      left = state.entries.toReversed();
      state.entries = [];
      for (let entry = left.pop(); entry; entry = left.pop()) {
        try {
          yield entry.value;
        } finally {
          // This also happens if the reader stops at this value.
          entry.taken?.();
        }
      }
      if (state.entries.length > 0) continue;
      if (state.ended?.reason) throw state.ended.reason.error;
      if (state.ended) return;
      await new Promise<void>((resolve) => {
        state.wake = resolve;
      });
    }
  } finally {
    // A reader that stops early must not leave producers waiting.
    state.ended ??= { reason: undefined };
    for (const entry of [...left, ...state.entries]) entry.taken?.();
  }
}
