import type { Random } from '../../src/ports/random.ts';
import type { ResponseHeaders } from '../../src/providers/provider.ts';

/** A bucket that a server keeps. */
export interface BucketOptions {
  readonly perMinute: number;
  /** Its capacity, as seconds' worth of its rate. */
  readonly holdsS: number;
  /** If set, the bucket is filled up at the end of each such span instead of evenly. */
  readonly windowMs?: number;
}

const BUCKET_NAMES = ['requests', 'tokens', 'input', 'output'] as const;
export type BucketName = (typeof BUCKET_NAMES)[number];

export interface ServerOptions {
  readonly buckets: Readonly<Partial<Record<BucketName, BucketOptions>>>;
  /** The most concurrent requests. This limit is not announced. */
  readonly concurrency?: number | undefined;
  /** The vendor whose headers the server sends. */
  readonly headers: 'openai' | 'anthropic' | 'none' | 'lying';
  /** When the server reads `remaining`: as a request comes in, or as it is answered. */
  readonly stamps: 'admission' | 'answer';
  readonly retryAfter: boolean;
  /** Whether a refused request is charged to the buckets too. */
  readonly refusalsCount: boolean;
  /** From `atMs` on, every limit is multiplied by `factor`. */
  readonly changes: ReadonlyArray<{ readonly atMs: number; readonly factor: number }>;
  /** Whether headers reflect these changes. */
  readonly announcesChanges: boolean;
  /** Every request in these periods is answered with 529. */
  readonly outages: ReadonlyArray<{ readonly fromMs: number; readonly toMs: number }>;
  /** Every request in these periods is answered with 429. */
  readonly storms: ReadonlyArray<{ readonly fromMs: number; readonly toMs: number }>;
  /**
   * In this period no request is answered, and one in seven is refused a little later, at most ten
   * in all.
   */
  readonly stall?: { readonly fromMs: number; readonly toMs: number } | undefined;
  readonly latencyMedianMs: number;
  readonly latencySigma: number;
}

export const SERVER: ServerOptions = {
  buckets: {},
  headers: 'none',
  stamps: 'admission',
  retryAfter: false,
  refusalsCount: false,
  changes: [],
  announcesChanges: true,
  outages: [],
  storms: [],
  latencyMedianMs: 800,
  latencySigma: 0.4,
};

export interface Weights {
  readonly input: number;
  readonly output: number;
}

export type Reply =
  | {
      readonly kind: 'admitted';
      readonly latencyMs: number;
      readonly headers: () => ResponseHeaders;
    }
  | {
      readonly kind: 'refused';
      readonly status: 429 | 529;
      readonly retryAfterMs: number | undefined;
      readonly headers: ResponseHeaders;
    };

export interface VirtualServer {
  /** A request arrives. If it is admitted, it must be ended with `finish`. */
  arrive(nowMs: number, weights: Weights): Reply;
  finish(nowMs: number, weights: Weights): void;
  /** When each request was admitted. */
  readonly admitted: readonly number[];
  readonly refused: readonly number[];
}

/** `random` provides all of the server's random numbers. */
export type OpenServer = (random: Random) => VirtualServer;

interface Bucket {
  readonly name: BucketName;
  readonly options: BucketOptions;
  level: number;
  atMs: number;
  windowEndsMs: number;
}

/** A strict server under virtual time, which enforces its limits exactly. */
export function createServer(options: ServerOptions, random: Random): VirtualServer {
  const admitted: number[] = [];
  const refused: number[] = [];
  let active = 0;
  let stallRefusals = 0;
  const buckets = BUCKET_NAMES.flatMap((name): Bucket[] => {
    const bucket = options.buckets[name];
    if (!bucket) return [];
    return [
      {
        name,
        options: bucket,
        level: capacityOf(bucket, 1),
        atMs: 0,
        windowEndsMs: bucket.windowMs ?? Infinity,
      },
    ];
  });

  function factorAt(nowMs: number): number {
    let factor = 1;
    for (const change of options.changes) if (nowMs >= change.atMs) factor = change.factor;
    return factor;
  }

  function refill(bucket: Bucket, nowMs: number): void {
    const factor = factorAt(nowMs);
    const capacity = capacityOf(bucket.options, factor);
    const { windowMs, perMinute } = bucket.options;
    if (windowMs === undefined) {
      bucket.level += ((nowMs - bucket.atMs) * perMinute * factor) / 60_000;
    } else if (nowMs >= bucket.windowEndsMs) {
      bucket.level = capacity;
      bucket.windowEndsMs += windowMs * Math.ceil((nowMs - bucket.windowEndsMs + 1) / windowMs);
    }
    bucket.level = Math.min(bucket.level, capacity);
    bucket.atMs = nowMs;
  }

  function headersNow(nowMs: number): ResponseHeaders {
    if (options.headers === 'none') return {};
    const told: Record<string, string> = {};
    for (const bucket of buckets) {
      refill(bucket, nowMs);
      const factor = options.announcesChanges ? factorAt(nowMs) : 1;
      const { perMinute } = bucket.options;
      const limit = Math.round(perMinute * (options.headers === 'lying' ? 3 : factor));
      const level = options.headers === 'lying' ? limit : Math.max(0, bucket.level);
      const capacity = capacityOf(bucket.options, factor);
      const resetMs =
        bucket.options.windowMs === undefined
          ? ((capacity - Math.max(0, bucket.level)) * 60_000) / (perMinute * factor)
          : bucket.windowEndsMs - nowMs;
      if (options.headers === 'anthropic') {
        const name = {
          requests: 'requests',
          tokens: 'tokens',
          input: 'input-tokens',
          output: 'output-tokens',
        }[bucket.name];
        const rounded =
          bucket.name === 'requests' ? Math.floor(level) : Math.round(level / 1_000) * 1_000;
        told[`anthropic-ratelimit-${name}-limit`] = String(limit);
        told[`anthropic-ratelimit-${name}-remaining`] = String(rounded);
        told[`anthropic-ratelimit-${name}-reset`] = new Date(EPOCH_MS + nowMs + resetMs)
          .toISOString()
          .replace(/\.\d+Z$/u, 'Z');
        told['date'] = new Date(EPOCH_MS + nowMs).toUTCString();
      } else if (bucket.name === 'requests' || bucket.name === 'tokens') {
        told[`x-ratelimit-limit-${bucket.name}`] = String(limit);
        told[`x-ratelimit-remaining-${bucket.name}`] = String(Math.floor(level));
        told[`x-ratelimit-reset-${bucket.name}`] = `${Math.ceil(resetMs)}ms`;
      }
    }
    return told;
  }

  function refusal(
    nowMs: number,
    { status, waitMs }: { status: 429 | 529; waitMs: number },
  ): Reply {
    refused.push(nowMs);
    const retryAfterMs = options.retryAfter
      ? Math.max(1, Math.ceil(waitMs / 1_000)) * 1_000
      : undefined;
    return { kind: 'refused', status, retryAfterMs, headers: headersNow(nowMs) };
  }

  return {
    admitted,
    refused,
    arrive(nowMs, weights) {
      if (isWithin(options.outages, nowMs)) return refusal(nowMs, { status: 529, waitMs: 0 });
      if (isWithin(options.storms, nowMs)) return refusal(nowMs, { status: 429, waitMs: 0 });
      if (
        options.concurrency !== undefined &&
        active >= Math.floor(options.concurrency * factorAt(nowMs))
      ) {
        return refusal(nowMs, { status: 429, waitMs: 0 });
      }
      const { stall } = options;
      const isStalling = stall && nowMs >= stall.fromMs - 500 && nowMs < stall.toMs + 1_500;
      if (isStalling && stallRefusals < 10 && random() < 1 / 7) {
        stallRefusals += 1;
        return refusal(nowMs, { status: 429, waitMs: 0 });
      }
      let waitMs = -1;
      for (const bucket of buckets) {
        refill(bucket, nowMs);
        const weight = weightIn(bucket.name, weights);
        // Output is charged as it is written, so a bucket that is not empty admits a request.
        const needed = bucket.name === 'output' ? 1 : weight;
        if (bucket.level >= needed) continue;
        const perMs = (bucket.options.perMinute * factorAt(nowMs)) / 60_000;
        waitMs = Math.max(
          waitMs,
          bucket.options.windowMs === undefined
            ? (needed - bucket.level) / perMs
            : bucket.windowEndsMs - nowMs,
        );
      }
      if (waitMs >= 0) {
        if (options.refusalsCount) {
          for (const bucket of buckets) {
            const least = -capacityOf(bucket.options, factorAt(nowMs));
            bucket.level = Math.max(least, bucket.level - weightIn(bucket.name, weights));
          }
        }
        return refusal(nowMs, { status: 429, waitMs });
      }
      for (const bucket of buckets) {
        if (bucket.name !== 'output') bucket.level -= weightIn(bucket.name, weights);
      }
      active += 1;
      admitted.push(nowMs);
      const usualMs = options.latencyMedianMs * Math.exp(options.latencySigma * gaussian(random));
      const isHeldUp = stall && nowMs < stall.toMs && nowMs + usualMs >= stall.fromMs;
      const latencyMs = usualMs + (isHeldUp ? stall.toMs - Math.max(nowMs, stall.fromMs) : 0);
      const stamped = options.stamps === 'admission' ? headersNow(nowMs) : undefined;
      return {
        kind: 'admitted',
        latencyMs,
        headers: () => stamped ?? headersNow(nowMs + latencyMs),
      };
    },
    finish(nowMs, weights) {
      active -= 1;
      for (const bucket of buckets) {
        if (bucket.name !== 'output') continue;
        refill(bucket, nowMs);
        bucket.level -= weights.output;
      }
    },
  };
}

export const EPOCH_MS = Date.UTC(2026, 0, 1);

function capacityOf({ perMinute, holdsS, windowMs }: BucketOptions, factor: number): number {
  const seconds = windowMs === undefined ? holdsS : windowMs / 1_000;
  return Math.max(1, (perMinute * factor * seconds) / 60);
}

function weightIn(name: BucketName, { input, output }: Weights): number {
  if (name === 'requests') return 1;
  if (name === 'input') return input;
  return name === 'output' ? output : input + output;
}

function isWithin(
  spans: ReadonlyArray<{ readonly fromMs: number; readonly toMs: number }>,
  nowMs: number,
): boolean {
  return spans.some(({ fromMs, toMs }) => nowMs >= fromMs && nowMs < toMs);
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
