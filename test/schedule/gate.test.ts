import Bottleneck from 'bottleneck';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createGate, hasKnownInternals } from '../../src/schedule/gate.ts';

afterEach(() => vi.useRealTimers());

test('Bottleneck has the internals that the gate replaces', () => {
  expect(hasKnownInternals(new Bottleneck())).toBe(true);
  expect(Bottleneck.prototype).not.toHaveProperty('_store');
});

test('an object with other internals is left alone', () => {
  expect(hasKnownInternals({})).toBe(false);
  expect(hasKnownInternals({ _run() {}, _store: {} })).toBe(false);
});

describe('the gate', () => {
  test('lets one through at a time, lower numbers first, else in order', async () => {
    const gate = createGate();
    const order: string[] = [];
    let inside = 0;
    const enter = (priority: number, name: string): Promise<void> =>
      gate.enter(priority, async () => {
        inside += 1;
        expect(inside).toBe(1);
        // Long enough for all to queue behind the first.
        await new Promise((resolve) => setImmediate(resolve));
        order.push(name);
        inside -= 1;
      });
    await Promise.all([
      enter(5, 'first in'),
      enter(5, 'new 1'),
      enter(5, 'new 2'),
      enter(1, 'retry 1'),
      enter(1, 'retry 2'),
      enter(3, 'middle'),
    ]);
    expect(order[0]).toBe('first in');
    expect(order.slice(1)).toEqual(['retry 1', 'retry 2', 'middle', 'new 1', 'new 2']);
  });

  test('needs no timer and no wall clock, which may be set back an hour', async () => {
    vi.useFakeTimers();
    const gate = createGate();
    expect(await gate.enter(5, () => Promise.resolve(1))).toBe(1);
    vi.setSystemTime(Date.now() - 3_600_000);
    expect(await gate.enter(5, () => Promise.resolve(2))).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('opens again after work that failed', async () => {
    const gate = createGate();
    await expect(gate.enter(5, () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
    expect(await gate.enter(5, () => Promise.resolve('open'))).toBe('open');
  });
});
