import type { BucketPlan, ServerPlan } from './server/server-plan.ts';

/** One server to run against. The limits that clients are given are in their own settings. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** The limits, as the report describes them. */
  readonly limits: string;
  readonly server: Omit<ServerPlan, 'seed' | 'windowMs' | 'steadyFromMs' | 'latency'>;
  /**
   * How many requests per second fit on average. This determines the amount of work, and the limits
   * that are given to clients that need them.
   */
  readonly requestsPerSecond: number;
  /** If something changes in the middle of a run, the share after it is reported as well. */
  readonly settledFromMs?: number;
}

const MEAN_INPUT_TOKENS = 200;
/** The mean of a log-normal distribution with median 150 and sigma 0.5. */
const MEAN_OUTPUT_TOKENS = 170;
const RATE = 100;

const requests = bucket('requests', RATE);
/** A limit that is announced but far from being reached. */
const rareRequests = bucket('requests', 4 * RATE);

const chat = { wire: 'chat', announces: true, retryAfter: true } as const;
const anthropic = { ...chat, wire: 'anthropic' } as const;
/** The mean answer takes 0.87 s. */
const CAP = 40;
const CAP_PER_SECOND = Math.floor(CAP / 0.87);

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'announced-rpm',
    title: 'announced requests',
    limits: '100 requests/s, in headers',
    requestsPerSecond: RATE,
    server: { ...chat, buckets: [requests] },
  },
  {
    name: 'announced-tpm',
    title: 'announced tokens',
    limits: 'tokens for about 60 requests/s, in headers',
    requestsPerSecond: 60,
    server: {
      ...chat,
      buckets: [requests, bucket('tokens', 60 * (MEAN_INPUT_TOKENS + MEAN_OUTPUT_TOKENS))],
    },
  },
  {
    name: 'announced-itpm',
    title: 'Anthropic: input tokens',
    limits: 'input tokens for about 60 requests/s, in headers',
    requestsPerSecond: 60,
    server: {
      ...anthropic,
      buckets: [
        rareRequests,
        bucket('input', 60 * MEAN_INPUT_TOKENS),
        bucket('output', 400 * MEAN_OUTPUT_TOKENS),
      ],
    },
  },
  {
    name: 'announced-otpm',
    title: 'Anthropic: output tokens',
    limits: 'output tokens for about 60 requests/s, in headers',
    requestsPerSecond: 60,
    server: {
      ...anthropic,
      buckets: [
        rareRequests,
        bucket('input', 400 * MEAN_INPUT_TOKENS),
        bucket('output', 60 * MEAN_OUTPUT_TOKENS),
      ],
    },
  },
  {
    name: 'halved-announced',
    title: 'halved at 10 s, announced',
    limits: '100, then 50 requests/s, in headers',
    requestsPerSecond: RATE,
    settledFromMs: 15_000,
    server: {
      ...chat,
      buckets: [requests],
      change: { atMs: 10_000, factor: 0.5, announced: true },
    },
  },
  {
    name: 'halved-hidden',
    title: 'halved at 10 s, hidden',
    limits: '100, then 50 requests/s; headers still say 100',
    requestsPerSecond: RATE,
    settledFromMs: 15_000,
    server: {
      ...chat,
      buckets: [requests],
      change: { atMs: 10_000, factor: 0.5, announced: false },
    },
  },
  {
    name: 'cap-headers',
    title: 'hidden cap, headers',
    limits: `${CAP} at once, unannounced; headers name 100 requests/s`,
    requestsPerSecond: CAP_PER_SECOND,
    server: { ...chat, buckets: [requests], concurrency: CAP },
  },
  {
    name: 'cap-blind',
    title: 'hidden cap, no headers',
    limits: `${CAP} at once; no headers, no retry-after`,
    requestsPerSecond: CAP_PER_SECOND,
    server: { ...chat, announces: false, retryAfter: false, buckets: [], concurrency: CAP },
  },
  {
    name: 'nothing-announced',
    title: 'nothing announced',
    limits: '100 requests/s; no headers, no retry-after',
    requestsPerSecond: RATE,
    server: { ...chat, announces: false, retryAfter: false, buckets: [requests] },
  },
  {
    name: 'retry-after-only',
    title: 'retry-after only',
    limits: '100 requests/s; no headers but retry-after',
    requestsPerSecond: RATE,
    server: { ...chat, announces: false, buckets: [requests] },
  },
  {
    name: 'refusals-count',
    title: 'refusals count',
    limits: '100 requests/s in headers, refused ones included',
    requestsPerSecond: RATE,
    server: { ...chat, buckets: [requests], refusalsCount: true },
  },
  {
    name: 'outage',
    title: 'outage of 4 s',
    limits: '100 requests/s in headers; 529 from 8 s to 12 s',
    requestsPerSecond: RATE,
    settledFromMs: 17_000,
    server: { ...chat, buckets: [requests], outage: { fromMs: 8_000, untilMs: 12_000 } },
  },
];

const FULL_WINDOW_MS = 20_000;

/** Shorter windows keep their shape: a change in the middle of the run stays in the middle. */
export function planOf(
  { server, settledFromMs }: Scenario,
  { seconds, seed }: { readonly seconds: number; readonly seed: number },
): ServerPlan {
  const windowMs = seconds * 1_000;
  const scale = windowMs / FULL_WINDOW_MS;
  const { change, outage, ...rest } = server;
  return {
    ...rest,
    latency: { medianMs: 800, sigma: 0.4 },
    windowMs,
    steadyFromMs: 5_000 * scale,
    ...(settledFromMs !== undefined && { settledFromMs: settledFromMs * scale }),
    ...(change && { change: { ...change, atMs: change.atMs * scale } }),
    ...(outage && {
      outage: { fromMs: outage.fromMs * scale, untilMs: outage.untilMs * scale },
    }),
    seed,
  };
}

function bucket(name: BucketPlan['name'], perSecond: number): BucketPlan {
  return { name, perSecond, burstSeconds: 1 };
}
