/** What the strict server does, as plain data: it goes to a process of its own. */
export interface ServerPlan {
  readonly wire: BenchWire;
  /** Log-normal; a median of 0 answers at once. */
  readonly latency: { readonly medianMs: number; readonly sigma: number };
  /** Token buckets. Nothing here, nothing refused. */
  readonly buckets: readonly BucketPlan[];
  /** Requests at one time; never announced. */
  readonly concurrency?: number;
  /** Whether replies carry the vendor's rate-limit headers. */
  readonly announces: boolean;
  /** Whether a refusal by a bucket carries `retry-after`, in whole seconds as vendors send it. */
  readonly retryAfter: boolean;
  /** A refused request takes from the buckets all the same. */
  readonly refusalsCount?: boolean;
  /** All buckets times `factor` from then on; unannounced, the headers' `limit` stays as it was. */
  readonly change?: { readonly atMs: number; readonly factor: number; readonly announced: boolean };
  /** Everything is answered with 529. */
  readonly outage?: { readonly fromMs: number; readonly untilMs: number };
  /** Measured from the first request on. */
  readonly windowMs: number;
  /** Where the steady part of the window begins. */
  readonly steadyFromMs: number;
  /** Where what follows a change or an outage should be over. */
  readonly settledFromMs?: number;
  readonly seed: number;
}

/** `chat`: Chat Completions. */
export type BenchWire = 'chat' | 'anthropic';

export type BucketName = 'requests' | 'tokens' | 'input' | 'output';

export interface BucketPlan {
  readonly name: BucketName;
  /** Requests or tokens per second. Announced times 60. */
  readonly perSecond: number;
  /** What it holds when full, as seconds of its rate. */
  readonly burstSeconds: number;
}

/** What the server saw, told once the window is over. Times count from the first request. */
export interface ServerReport {
  /** Requests admitted in each tenth of a second. */
  readonly accepted: readonly number[];
  /** Requests refused with 429 or 529 in each tenth of a second. */
  readonly refused: readonly number[];
  /** What was used of what the server would have admitted, by part of the window; 1 is all of it. */
  readonly share: {
    readonly run: number;
    readonly steady: number;
    readonly settled: number | undefined;
  };
  readonly highestInFlight: number;
}

export const TICK_MS = 100;
