/** How long a signal may have to wait. */
const OFTEN_MS = 20;

/**
 * The same items, ended by the signal with its reason. Rows that are in memory already never wait for
 * anything, and no signal of the system gets through to a loop that never waits: so this does, now and
 * then.
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
