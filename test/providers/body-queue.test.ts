import { describe, expect, test } from 'vitest';
import { incomingBody } from '../../src/providers/body-queue.ts';

const HALF = new Uint8Array(32 * 1024);

function bodyFrom() {
  const orders: string[] = [];
  const body = incomingBody({
    pause: () => void orders.push('pause'),
    resume: () => void orders.push('resume'),
  });
  return { body, orders, reader: body[Symbol.asyncIterator]() };
}

describe('a body as it arrives', () => {
  test('pauses the sender while 64 KiB wait, and resumes it once as they are read', async () => {
    const { body, orders, reader } = bodyFrom();
    body.add(HALF);
    expect(orders).toEqual([]);
    body.add(HALF);
    body.add(HALF);
    expect(orders).toEqual(['pause', 'pause']);
    await reader.next();
    expect(orders).toEqual(['pause', 'pause']);
    await reader.next();
    await reader.next();
    expect(orders).toEqual(['pause', 'pause', 'resume']);
  });

  test('throws its error only after the chunks that came before it', async () => {
    const { body, reader } = bodyFrom();
    body.add(HALF);
    body.end(new Error('cut'));
    expect((await reader.next()).value).toBe(HALF);
    await expect(reader.next()).rejects.toThrow('cut');
  });

  test('wakes a reader that waits', async () => {
    const { body, reader } = bodyFrom();
    const first = reader.next();
    body.add(HALF);
    expect(await first).toEqual({ done: false, value: HALF });
    const second = reader.next();
    body.end();
    expect(await second).toEqual({ done: true, value: undefined });
    expect(body.hasEnded).toBe(true);
  });
});
