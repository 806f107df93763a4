import type { Bucket } from './bucket.ts';
import type { Ceiling } from './ceiling.ts';
import type { BenchWire, BucketName } from './server-plan.ts';

/** The vendor's rate-limit headers, rounded as the vendor does. */
export function announcement(
  ceiling: Ceiling,
  {
    wire,
    nowMs,
    epochMs,
  }: {
    readonly wire: BenchWire;
    readonly nowMs: number;
    /** The wall time, for headers that contain dates. */
    readonly epochMs: number;
  },
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const bucket of ceiling.buckets) {
    const limit = Math.round((bucket.perSecond() * 60) / ceiling.shareOfAnnounced());
    const level = Math.max(0, bucket.level(nowMs));
    const fullInMs = ((bucket.capacity() - level) / bucket.perSecond()) * 1_000;
    if (wire === 'chat') {
      const name = OPENAI_NAMES[bucket.name];
      headers[`x-ratelimit-limit-${name}`] = String(limit);
      headers[`x-ratelimit-remaining-${name}`] = String(Math.floor(level));
      headers[`x-ratelimit-reset-${name}`] = openaiDuration(fullInMs);
    } else {
      const name = `anthropic-ratelimit-${ANTHROPIC_NAMES[bucket.name]}`;
      headers[`${name}-limit`] = String(limit);
      headers[`${name}-remaining`] = String(rounded(bucket, level));
      headers[`${name}-reset`] = wholeSecond(epochMs + fullInMs);
    }
  }
  return headers;
}

const OPENAI_NAMES: Readonly<Record<BucketName, string>> = {
  requests: 'requests',
  tokens: 'tokens',
  input: 'input-tokens',
  output: 'output-tokens',
};

const ANTHROPIC_NAMES: Readonly<Record<BucketName, string>> = OPENAI_NAMES;

/** `12ms`, `1.34s`. */
function openaiDuration(ms: number): string {
  return ms < 1_000 ? `${Math.ceil(ms)}ms` : `${Number((ms / 1_000).toFixed(2))}s`;
}

/** Anthropic rounds tokens to the nearest thousand. */
function rounded({ name }: Bucket, level: number): number {
  return name === 'requests' ? Math.floor(level) : Math.round(level / 1_000) * 1_000;
}

function wholeSecond(epochMs: number): string {
  return new Date(Math.ceil(epochMs / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
}
