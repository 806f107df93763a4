/** What the strict server does, as plain data that can be sent to another process. */
export interface ServerPlan {
  readonly wire: BenchWire;
  /** Log-normal; with a median of 0, the server answers immediately. */
  readonly latency: { readonly medianMs: number; readonly sigma: number };
  /** Token buckets. Without any, nothing is refused. */
  readonly buckets: readonly BucketPlan[];
  /** The maximum number of requests at one time; it is never announced. */
  readonly concurrency?: number;
  /** Whether replies carry the vendor's rate-limit headers. */
  readonly announces: boolean;
  /** Whether a refusal by a bucket carries `retry-after`, in whole seconds as vendors send it. */
  readonly retryAfter: boolean;
  /** Whether a refused request still consumes from the buckets. */
  readonly refusalsCount?: boolean;
  /**
   * From then on, all buckets are multiplied by `factor`; if `unannounced`, the headers' `limit`
   * stays the same.
   */
  readonly change?: { readonly atMs: number; readonly factor: number; readonly announced: boolean };
  /** When everything is answered with 529. */
  readonly outage?: { readonly fromMs: number; readonly untilMs: number };
  /** How long to measure, starting with the first request. */
  readonly windowMs: number;
  /** When the steady part of the window starts. */
  readonly steadyFromMs: number;
  /** When the effects of a change or an outage should have ended. */
  readonly settledFromMs?: number;
  readonly seed: number;
}

/** `chat` is Chat Completions. */
export type BenchWire = 'chat' | 'anthropic';

export type BucketName = 'requests' | 'tokens' | 'input' | 'output';

export interface BucketPlan {
  readonly name: BucketName;
  /** Requests or tokens per second. Announced limits are 60 times as high, per minute. */
  readonly perSecond: number;
  /** The size of the full bucket, in seconds of its rate. */
  readonly burstSeconds: number;
}

/** What the server saw, reported once the window has ended. Times count from the first request. */
export interface ServerReport {
  /** Requests admitted in each tenth of a second. */
  readonly accepted: readonly number[];
  /** Requests refused with 429 or 529 in each tenth of a second. */
  readonly refused: readonly number[];
  /**
   * The share of what the server would have admitted that was used, by part of the window; 1 is
   * everything.
   */
  readonly share: {
    readonly run: number;
    readonly steady: number;
    readonly settled: number | undefined;
  };
  readonly highestInFlight: number;
}

export const TICK_MS = 100;
