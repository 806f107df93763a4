import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Bottleneck from 'bottleneck';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createJobQueue, hasKnownInternals } from '../../src/schedule/bottleneck-adapter.ts';

afterEach(() => vi.useRealTimers());

/** Hashes of the files whose private parts the adapter replaces, from when it was written. */
const READ = {
  Bottleneck: 'de8237be93f5410e',
  Job: '74551429dbb056fa',
  LocalDatastore: '20ede7b6b9e0fda8',
  Events: '0aa58ea73ad3cb06',
  Queues: '3658a22a7118d91a',
  DLList: 'd9299c21246c4e5f',
};

describe('Bottleneck', () => {
  test.each(Object.entries(READ))(
    'has the internals that the adapter was written for: %s',
    (name, hash) => {
      const text = readFileSync(`node_modules/bottleneck/lib/${name}.js`);
      expect(createHash('sha256').update(text).digest('hex').slice(0, 16)).toBe(hash);
    },
  );

  test('is recognized, and an object with other internals is left alone', () => {
    expect(hasKnownInternals(new Bottleneck())).toBe(true);
    expect(hasKnownInternals({})).toBe(false);
    expect(hasKnownInternals({ _run() {}, _store: {} })).toBe(false);
  });
});

function queueWith(slots: number) {
  const errors: unknown[] = [];
  return { errors, queue: createJobQueue(slots, (error) => errors.push(error)) };
}

/** Waits until everything that needs no timer is done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the queue of a lane', () => {
  test('starts no job without a permit, and one per permit', async () => {
    const { queue } = queueWith(10);
    const begun: number[] = [];
    for (let job = 0; job < 5; job += 1) void queue.add(5, async () => begun.push(job));
    await settled();
    expect(begun).toEqual([]);
    queue.permit();
    queue.permit();
    await settled();
    expect(begun).toEqual([0, 1]);
  });

  test('runs as many jobs at once as it has slots, whatever the permits, and adapts when the slots change', async () => {
    const { queue } = queueWith(2);
    const ends: Array<() => void> = [];
    for (let job = 0; job < 9; job += 1) {
      queue.permit();
      void queue.add(5, () => new Promise<void>((resolve) => ends.push(resolve)));
    }
    await settled();
    expect(ends).toHaveLength(2);
    queue.setSlots(4);
    await settled();
    expect(ends).toHaveLength(4);
    queue.setSlots(1);
    for (const end of ends.splice(0, 3)) end();
    await settled();
    expect(ends).toHaveLength(1);
    queue.setSlots(Infinity);
    await settled();
    expect(ends).toHaveLength(6);
  });

  test('starts lower priorities first, otherwise in order', async () => {
    const { queue } = queueWith(1);
    const order: string[] = [];
    const add = (priority: number, name: string): Promise<unknown> =>
      queue.add(priority, async () => order.push(name));
    const all = Promise.all([
      add(5, 'new 1'),
      add(5, 'new 2'),
      add(3, 'retry 1'),
      add(3, 'retry 2'),
      add(1, 'probe'),
    ]);
    await settled();
    for (let job = 0; job < 5; job += 1) queue.permit();
    await all;
    expect(order).toEqual(['probe', 'retry 1', 'retry 2', 'new 1', 'new 2']);
  });

  test('rethrows the error of a job, and continues', async () => {
    const { queue, errors } = queueWith(1);
    queue.permit();
    await expect(queue.add(5, () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
    queue.permit();
    expect(await queue.add(5, () => Promise.resolve('open'))).toBe('open');
    expect(errors).toEqual([]);
  });

  test('drops jobs that have not started when it closes, and all later ones, and lets the others finish', async () => {
    const { queue } = queueWith(1);
    queue.permit();
    queue.permit();
    const { promise, resolve } = Promise.withResolvers<string>();
    const running = queue.add(5, () => promise);
    const waiting = queue.add(5, () => Promise.resolve('never'));
    await settled();
    queue.close();
    expect(await waiting).toBeUndefined();
    expect(await queue.add(5, () => Promise.resolve('never'))).toBeUndefined();
    resolve('finished');
    expect(await running).toBe('finished');
  });

  test('needs neither timers nor the wall clock, which may be set back an hour', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'Date'] });
    const { queue } = queueWith(1);
    for (const byMs of [0, -3_600_000, 7_200_000]) {
      vi.setSystemTime(Date.now() + byMs);
      queue.permit();
      expect(await queue.add(5, () => Promise.resolve(byMs))).toBe(byMs);
    }
    expect(vi.getTimerCount()).toBe(0);
  });

  test('runs any number of jobs, whether they come one by one or wait together', async () => {
    const { queue } = queueWith(3);
    const order: number[] = [];
    const add = (number: number): Promise<unknown> => {
      queue.permit();
      return queue.add(5, async () => order.push(number));
    };
    const numbers = Array.from({ length: 500 }, (_, number) => number);
    for (const number of numbers.slice(0, 250)) await add(number);
    await Promise.all(numbers.slice(250).map(add));
    expect(order).toEqual(numbers);
  });
});
