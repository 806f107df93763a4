import { afterEach, describe, expect, test, vi } from 'vitest';
import { createGate } from '../../src/schedule/gate.ts';

afterEach(() => vi.useRealTimers());

describe('the gate', () => {
  test('lets one through at a time, lower numbers first, else in order', async () => {
    const gate = createGate();
    const order: string[] = [];
    let inside = 0;
    const enter = (priority: number, name: string): Promise<void> =>
      gate.enter(priority, async () => {
        inside += 1;
        expect(inside).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(name);
        inside -= 1;
      });
    // While this one is inside, the others come and wait.
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const first = gate.enter(5, () => {
      begun.resolve();
      return goOn.promise;
    });
    await begun.promise;
    const others = Promise.all([
      enter(5, 'new 1'),
      enter(5, 'new 2'),
      enter(1, 'retry 1'),
      enter(1, 'retry 2'),
      enter(3, 'middle'),
    ]);
    goOn.resolve();
    await Promise.all([first, others]);
    expect(order).toEqual(['retry 1', 'retry 2', 'middle', 'new 1', 'new 2']);
  });

  test('needs no timer and no wall clock, which may be set back an hour', async () => {
    vi.useFakeTimers();
    const gate = createGate();
    expect(await gate.enter(5, () => Promise.resolve(1))).toBe(1);
    vi.setSystemTime(Date.now() - 3_600_000);
    expect(await gate.enter(5, () => Promise.resolve(2))).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('lets any number through, those who come one by one and those who wait together', async () => {
    const gate = createGate();
    const order: number[] = [];
    const enter = (number: number): Promise<void> =>
      gate.enter(5, async () => void order.push(number));
    const numbers = Array.from({ length: 500 }, (_, number) => number);
    for (const number of numbers.slice(0, 250)) await enter(number);
    await Promise.all(numbers.slice(250).map(enter));
    expect(order).toEqual(numbers);
  });

  test('opens again after work that failed', async () => {
    const gate = createGate();
    await expect(gate.enter(5, () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
    expect(await gate.enter(5, () => Promise.resolve('open'))).toBe('open');
  });
});
