import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  availableAt,
  debit,
  limitWindows,
  settle,
  unfitLimit,
  type Load,
} from '../../src/schedule/windows.ts';

const ONE: Load = { inputTokens: 1, outputTokens: 1 };

describe('a declared limit', () => {
  test('lets exactly its amount through, then waits until the oldest leaves the window', () => {
    const windows = limitWindows({ rpm: 2 });
    debit(windows, ONE, 1_000);
    expect(availableAt(windows, ONE, 4_000)).toEqual({ atMs: 4_000, reason: undefined });
    debit(windows, ONE, 4_000);
    // A minute and half a second of margin after the first.
    expect(availableAt(windows, ONE, 4_000)).toMatchObject({ atMs: 61_500, reason: 'rpm' });
    expect(availableAt(windows, ONE, 61_499)).toMatchObject({ atMs: 61_500, reason: 'rpm' });
    expect(availableAt(windows, ONE, 61_500)).toEqual({ atMs: 61_500, reason: undefined });
  });

  test.each([
    ['rps', 1_020],
    ['rpm', 60_500],
    ['rpd', 86_400_500],
  ] as const)('%s of 1 is open again after %d ms', (limit, openMs) => {
    const windows = limitWindows({ [limit]: 1 });
    debit(windows, ONE, 0);
    expect(availableAt(windows, ONE, 0)).toMatchObject({ atMs: openMs, reason: 'rpm' });
  });

  test('below one is one in a longer time', () => {
    const windows = limitWindows({ rps: 0.5 });
    expect(unfitLimit(windows, 1)).toBeUndefined();
    debit(windows, ONE, 0);
    expect(availableAt(windows, ONE, 0).atMs).toBe(2_040);
  });

  test('counts the tokens that its name says', () => {
    const load = { inputTokens: 30, outputTokens: 20 };
    const reasonsAfterOne = (limits: { tpm?: number; itpm?: number; otpm?: number }) => {
      const windows = limitWindows(limits);
      debit(windows, load, 0);
      return availableAt(windows, load, 0).reason;
    };
    expect(reasonsAfterOne({ tpm: 100 })).toBeUndefined();
    expect(reasonsAfterOne({ tpm: 99 })).toBe('tpm');
    expect(reasonsAfterOne({ itpm: 60 })).toBeUndefined();
    expect(reasonsAfterOne({ itpm: 59 })).toBe('itpm');
    expect(reasonsAfterOne({ otpm: 40 })).toBeUndefined();
    expect(reasonsAfterOne({ otpm: 39 })).toBe('otpm');
  });

  test('names the one that is last to open', () => {
    const windows = limitWindows({ rps: 1, itpm: 10 });
    debit(windows, { inputTokens: 10, outputTokens: 0 }, 0);
    expect(availableAt(windows, ONE, 0)).toMatchObject({ atMs: 60_500, reason: 'itpm' });
  });

  test('waits for as many to leave as a heavy request needs', () => {
    const windows = limitWindows({ itpm: 100 });
    for (const atMs of [0, 1_000, 2_000])
      debit(windows, { inputTokens: 30, outputTokens: 0 }, atMs);
    const heavy = { inputTokens: 65, outputTokens: 0 };
    expect(availableAt(windows, heavy, 3_000).atMs).toBe(61_500);
  });
});

describe('a settled request', () => {
  test('gives back what it did not use, and takes what it used beyond', () => {
    const windows = limitWindows({ tpm: 100 });
    const entered = debit(windows, { inputTokens: 40, outputTokens: 60 }, 0);
    expect(availableAt(windows, ONE, 10).reason).toBe('tpm');
    settle(windows, entered, { inputTokens: 40, outputTokens: 10 });
    const half = { inputTokens: 50, outputTokens: 0 };
    expect(availableAt(windows, half, 10).reason).toBeUndefined();
    settle(windows, entered, { inputTokens: 40, outputTokens: 11 });
    expect(availableAt(windows, half, 10).reason).toBe('tpm');
  });

  test('is past correcting once it left the window', () => {
    const windows = limitWindows({ tpm: 100 });
    const entered = debit(windows, { inputTokens: 100, outputTokens: 0 }, 0);
    const whole = { inputTokens: 100, outputTokens: 0 };
    expect(availableAt(windows, whole, 60_500).reason).toBeUndefined();
    settle(windows, entered, { inputTokens: 900, outputTokens: 0 });
    expect(availableAt(windows, whole, 60_500).reason).toBeUndefined();
  });
});

describe('a request that cannot fit', () => {
  test('is known by its input, not by the guess at its output', () => {
    const windows = limitWindows({ rpm: 5, tpm: 1_000, otpm: 100 });
    expect(unfitLimit(windows, 1_000)).toBeUndefined();
    expect(unfitLimit(windows, 1_001)).toEqual({ limit: 'tpm', needs: 1_001, amount: 1_000 });
    const wordy = { inputTokens: 10, outputTokens: 5_000 };
    expect(availableAt(windows, wordy, 0).reason).toBeUndefined();
  });

  test('is every one under a limit of 0', () => {
    expect(unfitLimit(limitWindows({ rpm: 0 }), 1)).toEqual({ limit: 'rpm', needs: 1, amount: 0 });
  });
});

test('law: no window ever holds more than the limit, however requests and answers fall', () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 20_000 }),
    inputTokens: fc.integer({ min: 1, max: 50 }),
    reserved: fc.integer({ min: 1, max: 50 }),
    usedShare: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 120 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 100, max: 400 }),
      (steps, rpm, tpm) => {
        const windows = limitWindows({ rpm, tpm });
        const sent: { atMs: number; tokens: number }[] = [];
        let now = 0;
        for (const { afterMs, inputTokens, reserved, usedShare } of steps) {
          const load = { inputTokens, outputTokens: reserved };
          now = availableAt(windows, load, now + afterMs).atMs;
          expect(availableAt(windows, load, now).reason).toBeUndefined();
          const entered = debit(windows, load, now);
          const used = Math.floor(reserved * usedShare);
          settle(windows, entered, { inputTokens, outputTokens: used });
          sent.push({ atMs: now, tokens: inputTokens + used });
        }
        for (const { atMs } of sent) {
          const inWindow = sent.filter(
            (other) => other.atMs >= atMs && other.atMs <= atMs + 60_000,
          );
          expect(inWindow.length).toBeLessThanOrEqual(rpm);
          expect(inWindow.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(tpm);
        }
      },
    ),
  );
});
