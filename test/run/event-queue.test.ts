import { describe, expect, it } from 'vitest';
import { createEventQueue } from '../../src/run/event-queue.ts';

describe('the event queue', () => {
  it('yields values in the order in which they were pushed or handed over', async () => {
    const queue = createEventQueue<number>();
    queue.push(1);
    void queue.hand(2);
    queue.push(3);
    queue.end();
    expect(await all(queue)).toEqual([1, 2, 3]);
  });

  it('blocks a producer that hands over a value until the reader has handled it', async () => {
    const queue = createEventQueue<string>();
    let settled = false;
    void queue.hand('a').then(() => (settled = true));
    const reader = queue[Symbol.asyncIterator]();
    expect((await reader.next()).value).toBe('a');
    await idle();
    expect(settled).toBe(false);
    const next = reader.next();
    await idle();
    expect(settled).toBe(true);
    queue.end();
    expect((await next).done).toBe(true);
  });

  it('throws the error with which it ended after the remaining values', async () => {
    const queue = createEventQueue<number>();
    queue.push(1);
    queue.end({ error: new Error('disk full') });
    const seen: number[] = [];
    await expect(
      (async () => {
        for await (const value of queue) seen.push(value);
      })(),
    ).rejects.toThrow('disk full');
    expect(seen).toEqual([1]);
  });

  it('releases producers when the reader stops early', async () => {
    const queue = createEventQueue<number>();
    queue.push(1);
    const handed = queue.hand(2);
    for await (const value of queue) if (value === 1) break;
    await handed;
    await queue.hand(3);
  });

  it('releases the producer of the value at which the reader stops', async () => {
    const queue = createEventQueue<number>();
    const handed = queue.hand(1);
    for await (const value of queue) if (value === 1) break;
    await handed;
  });

  it('keeps the order of many values that are read while others are added', async () => {
    const queue = createEventQueue<number>();
    const writing = (async () => {
      for (let value = 0; value < 5000; value += 1) {
        if (value % 3 === 0) await queue.hand(value);
        else queue.push(value);
      }
      queue.end();
    })();
    const seen = await all(queue);
    await writing;
    expect(seen).toEqual(Array.from({ length: 5000 }, (_, value) => value));
  });
});

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const list: Value[] = [];
  for await (const value of values) list.push(value);
  return list;
}

function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
