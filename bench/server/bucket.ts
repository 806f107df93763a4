import type { BucketName, BucketPlan } from './server-plan.ts';

/** A token bucket that starts full and refills evenly. Times are milliseconds since the first request. */
export interface Bucket {
  readonly name: BucketName;
  /** The current amount per second. */
  perSecond(): number;
  level(nowMs: number): number;
  capacity(): number;
  /** May drive the level below zero, by at most five times the size of the bucket. */
  take(amount: number, nowMs: number): void;
  /** What an admitted request consumes, now or when it has been answered. */
  grant(amount: number): void;
  /** Multiplies rate and size by `factor`. */
  scale(factor: number, nowMs: number): void;
  /** The total amount granted so far. */
  granted(): number;
}

const MOST_DEBT = 5;

export function createBucket({ name, perSecond, burstSeconds }: BucketPlan): Bucket {
  let rate = perSecond;
  let capacity = perSecond * burstSeconds;
  let level = capacity;
  let atMs = 0;
  let granted = 0;

  function refill(nowMs: number): void {
    if (nowMs <= atMs) return;
    level = Math.min(capacity, level + ((nowMs - atMs) / 1_000) * rate);
    atMs = nowMs;
  }

  function take(amount: number, nowMs: number): void {
    refill(nowMs);
    level = Math.max(level - amount, -MOST_DEBT * capacity);
  }

  return {
    name,
    perSecond: () => rate,
    capacity: () => capacity,
    level(nowMs) {
      refill(nowMs);
      return level;
    },
    take,
    grant(amount) {
      granted += amount;
    },
    scale(factor, nowMs) {
      refill(nowMs);
      rate *= factor;
      capacity *= factor;
      level = Math.min(level, capacity);
    },
    granted: () => granted,
  };
}
