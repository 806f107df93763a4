const OFTEN = 1_000;

/**
 * The same items, ended by the signal with its reason. Rows that are in memory already never wait for
 * anything, and no signal of the system gets through to a loop that never waits: so this does, now and
 * then.
 */
export async function* interruptible<Item>(
  items: AsyncIterable<Item>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item> {
  let given = 0;
  for await (const item of items) {
    given += 1;
    if (given % OFTEN === 0) await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    yield item;
  }
}
