import type { Limits } from '../../src/manifest/manifest.ts';
import { SERVER, type BucketOptions, type ServerOptions } from './virtual-server.ts';

export interface Scenario {
  readonly name: string;
  readonly server: ServerOptions;
  readonly durationMs: number;
  /** Requests per second that the server can accept under its tightest limit. */
  readonly ceiling: (nowMs: number) => number;
  /** When steady state begins. It lasts to the end. */
  readonly steadyFromMs: number;
  readonly limits?: Limits;
  readonly lanes?: number;
  readonly maxTokens?: number;
  readonly hopMs?: number;
  readonly jitterMs?: number;
}

const RPM: BucketOptions = { perMinute: 6_000, holdsS: 1 };
/** 100 requests per second, with 500 input and about 200 output tokens each. */
const TPM: BucketOptions = { perMinute: 6_000 * 700, holdsS: 1 };
const PLENTY: BucketOptions = { perMinute: 600_000, holdsS: 1 };
const MEAN_LATENCY_MS = SERVER.latencyMedianMs * Math.exp(SERVER.latencySigma ** 2 / 2);
const STALL = { fromMs: 20_000, toMs: 23_000 };
const HALVED = [{ atMs: 10_000, factor: 0.5 }];

function scenario(
  name: string,
  server: Partial<ServerOptions>,
  more: Partial<Scenario> = {},
): Scenario {
  const whole = { ...SERVER, ...server };
  const perSecond =
    whole.concurrency === undefined ? 100 : whole.concurrency / (MEAN_LATENCY_MS / 1_000);
  return {
    name,
    server: whole,
    durationMs: 20_000,
    steadyFromMs: 5_000,
    ceiling: (nowMs) => {
      let factor = 1;
      for (const change of whole.changes) if (nowMs >= change.atMs) factor = change.factor;
      const isOut = [...whole.outages, ...whole.storms].some(
        ({ fromMs, toMs }) => nowMs >= fromMs && nowMs < toMs,
      );
      return isOut ? 0 : perSecond * factor;
    },
    ...more,
  };
}

const openai = { headers: 'openai' } as const;
const anthropic = { headers: 'anthropic', retryAfter: true } as const;

export const SCENARIOS: readonly Scenario[] = [
  scenario('announced rpm', {
    ...openai,
    buckets: { requests: RPM, tokens: { ...TPM, perMinute: TPM.perMinute * 10 } },
  }),
  scenario('announced rpm, stamped at the answer', {
    ...openai,
    stamps: 'answer',
    buckets: { requests: RPM },
  }),
  scenario(
    'announced rpm, stamped at the answer, far away',
    { ...openai, stamps: 'answer', buckets: { requests: RPM } },
    { hopMs: 100 },
  ),
  scenario('announced rpm, bucket of 0.1 s', {
    ...openai,
    buckets: { requests: { ...RPM, holdsS: 0.1 } },
  }),
  scenario('announced tpm binds', { ...openai, buckets: { requests: PLENTY, tokens: TPM } }),
  scenario('announced tpm, stamped at the answer', {
    ...openai,
    stamps: 'answer',
    buckets: { requests: PLENTY, tokens: TPM },
  }),
  scenario('anthropic, input binds', {
    ...anthropic,
    buckets: {
      requests: PLENTY,
      input: { perMinute: 6_000 * 500, holdsS: 1 },
      output: { perMinute: 6_000_000, holdsS: 1 },
    },
  }),
  scenario('anthropic, output binds', {
    ...anthropic,
    stamps: 'answer',
    buckets: {
      requests: PLENTY,
      input: { perMinute: 6_000 * 5_000, holdsS: 1 },
      output: { perMinute: 6_000 * 200, holdsS: 1 },
    },
  }),
  scenario(
    'anthropic, output binds, answers of 3 s',
    {
      ...anthropic,
      stamps: 'answer',
      latencyMedianMs: 3_000,
      buckets: { requests: PLENTY, output: { perMinute: 3_000 * 200, holdsS: 1 } },
    },
    { durationMs: 40_000, steadyFromMs: 20_000, ceiling: () => 50 },
  ),
  scenario(
    'anthropic, output binds, answers of 8 s',
    {
      ...anthropic,
      stamps: 'answer',
      latencyMedianMs: 8_000,
      buckets: { requests: PLENTY, output: { perMinute: 1_200 * 200, holdsS: 1 } },
    },
    { durationMs: 200_000, steadyFromMs: 100_000, ceiling: () => 20 },
  ),
  scenario(
    'halved at 10 s, announced',
    { ...openai, buckets: { requests: RPM }, changes: HALVED },
    { durationMs: 30_000, steadyFromMs: 15_000 },
  ),
  scenario(
    'halved at 10 s, hidden',
    { buckets: { requests: RPM }, changes: HALVED },
    { durationMs: 30_000, steadyFromMs: 15_000 },
  ),
  scenario(
    'halved at 10 s, hidden, retry-after',
    { retryAfter: true, buckets: { requests: RPM }, changes: HALVED },
    { durationMs: 30_000, steadyFromMs: 15_000 },
  ),
  scenario(
    'announced rpm, over a jittery network',
    { ...openai, retryAfter: true, buckets: { requests: RPM } },
    { jitterMs: 80 },
  ),
  scenario(
    'nothing announced, over a jittery network',
    { buckets: { requests: RPM } },
    { jitterMs: 80 },
  ),
  scenario(
    'halved at 10 s, headers stay as they were',
    {
      ...openai,
      retryAfter: true,
      announcesChanges: false,
      buckets: { requests: RPM },
      changes: HALVED,
    },
    { durationMs: 30_000, steadyFromMs: 15_000 },
  ),
  scenario('hidden cap of 40, rate headers shown', {
    ...openai,
    concurrency: 40,
    buckets: { requests: RPM },
  }),
  scenario('hidden cap of 40, no headers', { concurrency: 40 }),
  scenario('hidden cap of 40, retry-after only', { concurrency: 40, retryAfter: true }),
  scenario('nothing announced', { buckets: { requests: RPM } }),
  scenario('nothing announced, bucket of 0.1 s', {
    buckets: { requests: { ...RPM, holdsS: 0.1 } },
  }),
  scenario(
    'nothing announced, bucket of 10 s',
    { buckets: { requests: { ...RPM, holdsS: 10 } } },
    { durationMs: 60_000, steadyFromMs: 30_000 },
  ),
  scenario('retry-after only', { buckets: { requests: RPM }, retryAfter: true }),
  scenario('refusals count', { buckets: { requests: RPM }, refusalsCount: true, retryAfter: true }),
  scenario('refusals count, nothing announced', {
    buckets: { requests: RPM },
    refusalsCount: true,
  }),
  scenario('refusals count, announced', {
    ...openai,
    buckets: { requests: RPM },
    refusalsCount: true,
  }),
  scenario(
    'outage of 4 s',
    { ...openai, buckets: { requests: RPM }, outages: [{ fromMs: 10_000, toMs: 14_000 }] },
    { durationMs: 30_000, steadyFromMs: 19_000 },
  ),
  scenario(
    'outage of 4 s, nothing announced',
    { buckets: { requests: RPM }, outages: [{ fromMs: 10_000, toMs: 14_000 }] },
    { durationMs: 30_000, steadyFromMs: 19_000 },
  ),
  scenario(
    'storm of 30 s',
    { buckets: { requests: RPM }, storms: [{ fromMs: 10_000, toMs: 40_000 }] },
    { durationMs: 160_000, steadyFromMs: 100_000 },
  ),
  scenario(
    'bursty minute buckets, announced',
    { ...openai, buckets: { requests: { ...RPM, windowMs: 60_000 } } },
    { durationMs: 240_000, steadyFromMs: 60_000 },
  ),
  scenario(
    'bursty minute buckets, hidden',
    { buckets: { requests: { ...RPM, windowMs: 60_000 } } },
    { durationMs: 240_000, steadyFromMs: 60_000 },
  ),
  scenario(
    'two on one key, announced',
    { ...openai, buckets: { requests: RPM } },
    { lanes: 2, durationMs: 40_000, steadyFromMs: 10_000 },
  ),
  scenario(
    'four on one key, hidden',
    { buckets: { requests: RPM } },
    { lanes: 4, durationMs: 60_000, steadyFromMs: 20_000 },
  ),
  scenario(
    'two on one key, hidden',
    { buckets: { requests: RPM } },
    { lanes: 2, durationMs: 60_000, steadyFromMs: 20_000 },
  ),
  scenario(
    'two on one cap of 40',
    { concurrency: 40 },
    { lanes: 2, durationMs: 60_000, steadyFromMs: 20_000 },
  ),
  scenario('lying headers', { headers: 'lying', buckets: { requests: RPM } }),
  scenario(
    'declared twice too high, hidden',
    { buckets: { requests: RPM } },
    { limits: { rps: 200 } },
  ),
  scenario(
    '5 a minute, hidden',
    { buckets: { requests: { perMinute: 5, holdsS: 60 } } },
    { durationMs: 1_800_000, steadyFromMs: 600_000, ceiling: () => 5 / 60 },
  ),
  scenario(
    '50 a minute, retry-after',
    { retryAfter: true, buckets: { requests: { perMinute: 50, holdsS: 60 } } },
    { durationMs: 600_000, steadyFromMs: 120_000, ceiling: () => 50 / 60 },
  ),
  scenario(
    'cap halved at 20 s, hidden',
    { concurrency: 40, changes: [{ atMs: 20_000, factor: 0.5 }] },
    { durationMs: 60_000, steadyFromMs: 30_000 },
  ),
  scenario(
    'stall of 3 s, hidden',
    { buckets: { requests: RPM }, stall: STALL },
    { durationMs: 60_000, steadyFromMs: 30_000 },
  ),
  scenario(
    'stall of 3 s, hidden cap of 40',
    { concurrency: 40, stall: STALL },
    { durationMs: 60_000, steadyFromMs: 30_000 },
  ),
  scenario(
    'doubled at 20 s, hidden',
    { buckets: { requests: RPM }, changes: [{ atMs: 20_000, factor: 2 }] },
    { durationMs: 120_000, steadyFromMs: 90_000 },
  ),
];
