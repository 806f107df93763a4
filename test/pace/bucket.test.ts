import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PER_MINUTE } from '../../src/manifest/declared-limits.ts';
import type { Limits } from '../../src/manifest/manifest.ts';
import {
  declaredBuckets,
  roomAt,
  settle,
  take,
  type DeclaredBucket,
  type Share,
} from '../../src/pace/bucket.ts';
import type { Load } from '../../src/pace/tokens-per-limit.ts';
import { tooLarge } from '../../src/schedule/too-large.ts';

const ONE: Load = { inputTokens: 1, outputTokens: 1 };

/** All declared limits of a lane, in the form that the lane uses. */
function lane(limits: Limits) {
  const buckets = declaredBuckets(limits);
  return {
    buckets,
    /** When all limits have room, and which of them is the last to have it. */
    room(load: Load, nowMs: number) {
      let last: DeclaredBucket | undefined;
      let atMs = nowMs;
      for (const bucket of buckets) {
        const roomMs = roomAt(bucket, load, nowMs);
        if (roomMs <= atMs) continue;
        atMs = roomMs;
        last = bucket;
      }
      return { atMs, reason: last && PER_MINUTE[last.kind] };
    },
    take: (load: Load, nowMs: number): readonly Share[] =>
      buckets.map((bucket) => take(bucket, load, nowMs)),
    settle(shares: readonly Share[], used: Load, nowMs: number) {
      for (const [at, bucket] of buckets.entries()) {
        const share = shares[at];
        if (share) settle(bucket, share, used, nowMs);
      }
    },
  };
}

describe('a declared limit', () => {
  test('admits exactly its amount, then waits until the oldest request leaves the window', () => {
    const limits = lane({ rpm: 2 });
    limits.take(ONE, 1_000);
    expect(limits.room(ONE, 4_000)).toEqual({ atMs: 4_000, reason: undefined });
    limits.take(ONE, 4_000);
    // A minute after the first request, plus half a second of margin.
    expect(limits.room(ONE, 4_000)).toMatchObject({ atMs: 61_500, reason: 'rpm' });
    expect(limits.room(ONE, 61_499)).toMatchObject({ atMs: 61_500, reason: 'rpm' });
    expect(limits.room(ONE, 61_500)).toEqual({ atMs: 61_500, reason: undefined });
  });

  test.each([
    ['rps', 1_020],
    ['rpm', 60_500],
    ['rpd', 86_400_500],
  ] as const)('of 1 %s has room again after %d ms', (limit, openMs) => {
    const limits = lane({ [limit]: 1 });
    limits.take(ONE, 0);
    expect(limits.room(ONE, 0)).toMatchObject({ atMs: openMs, reason: 'rpm' });
  });

  test('below 1 allows one request in a longer time', () => {
    const limits = lane({ rps: 0.5 });
    expect(tooLarge(limits.buckets, 1)).toBeUndefined();
    limits.take(ONE, 0);
    expect(limits.room(ONE, 0).atMs).toBe(2_040);
  });

  test('counts the kind of tokens that its name specifies', () => {
    const load = { inputTokens: 30, outputTokens: 20 };
    const reasonsAfterOne = (declared: { tpm?: number; itpm?: number; otpm?: number }) => {
      const limits = lane(declared);
      limits.take(load, 0);
      return limits.room(load, 0).reason;
    };
    expect(reasonsAfterOne({ tpm: 100 })).toBeUndefined();
    expect(reasonsAfterOne({ tpm: 99 })).toBe('tpm');
    expect(reasonsAfterOne({ itpm: 60 })).toBeUndefined();
    expect(reasonsAfterOne({ itpm: 59 })).toBe('itpm');
    expect(reasonsAfterOne({ otpm: 40 })).toBeUndefined();
    expect(reasonsAfterOne({ otpm: 39 })).toBe('otpm');
  });

  test('is reported as the reason if it is the last to have room', () => {
    const limits = lane({ rps: 1, itpm: 10 });
    limits.take({ inputTokens: 10, outputTokens: 0 }, 0);
    expect(limits.room(ONE, 0)).toMatchObject({ atMs: 60_500, reason: 'itpm' });
  });

  test('waits until enough requests have left the window to make room for a large one', () => {
    const limits = lane({ itpm: 100 });
    for (const atMs of [0, 1_000, 2_000]) limits.take({ inputTokens: 30, outputTokens: 0 }, atMs);
    const heavy = { inputTokens: 65, outputTokens: 0 };
    expect(limits.room(heavy, 3_000).atMs).toBe(61_500);
  });
});

describe('a settled request', () => {
  test('returns what it did not use, and takes what it used beyond that', () => {
    const limits = lane({ tpm: 100 });
    const entered = limits.take({ inputTokens: 40, outputTokens: 60 }, 0);
    expect(limits.room(ONE, 10).reason).toBe('tpm');
    limits.settle(entered, { inputTokens: 40, outputTokens: 10 }, 0);
    const half = { inputTokens: 50, outputTokens: 0 };
    expect(limits.room(half, 10).reason).toBeUndefined();
    limits.settle(entered, { inputTokens: 40, outputTokens: 11 }, 0);
    expect(limits.room(half, 10).reason).toBe('tpm');
  });

  test('can no longer be corrected once it has left the window', () => {
    const limits = lane({ tpm: 100 });
    const entered = limits.take({ inputTokens: 100, outputTokens: 0 }, 0);
    const whole = { inputTokens: 100, outputTokens: 0 };
    expect(limits.room(whole, 60_500).reason).toBeUndefined();
    limits.settle(entered, { inputTokens: 900, outputTokens: 0 }, 0);
    expect(limits.room(whole, 60_500).reason).toBeUndefined();
  });
});

describe('a request that cannot fit', () => {
  test('is recognized by its input, not by its estimated output', () => {
    const limits = lane({ rpm: 5, tpm: 1_000, otpm: 100 });
    expect(tooLarge(limits.buckets, 1_000)).toBeUndefined();
    expect(tooLarge(limits.buckets, 1_001)?.message).toContain('the whole `tpm` limit of 1000');
    const wordy = { inputTokens: 10, outputTokens: 5_000 };
    expect(limits.room(wordy, 0).reason).toBeUndefined();
  });

  test('is any request under a limit of 0', () => {
    expect(tooLarge(declaredBuckets({ rpm: 0 }), 1)?.message).toContain(
      'the whole `rpm` limit of 0',
    );
  });
});

test('law: no window ever holds more than the limit, whatever the timing of requests and answers', () => {
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
        const limits = lane({ rpm, tpm });
        const sent: { atMs: number; tokens: number }[] = [];
        let now = 0;
        for (const { afterMs, inputTokens, reserved, usedShare } of steps) {
          const load = { inputTokens, outputTokens: reserved };
          now = limits.room(load, now + afterMs).atMs;
          expect(limits.room(load, now).reason).toBeUndefined();
          const entered = limits.take(load, now);
          const used = Math.floor(reserved * usedShare);
          limits.settle(entered, { inputTokens, outputTokens: used }, 0);
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
