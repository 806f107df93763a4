/** The longest time that a signal may have to wait until it is handled. */
const OFTEN_MS = 20;

/**
 * Yields the same items until the signal aborts. A loop over rows in memory would never return to
 * the event loop, so signals such as SIGINT would not be handled; this generator returns to it
 * regularly.
 */
export async function* interruptible<Item>(
  items: AsyncIterable<Item>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item> {
  let sinceMs = performance.now();
  for await (const item of items) {
    if (performance.now() - sinceMs > OFTEN_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      sinceMs = performance.now();
    }
    signal?.throwIfAborted();
    yield item;
  }
}
