import type { Prefix } from './prefix.ts';

/** What an answer says of the cache, in tokens. */
export interface CacheReport {
  readonly readTokens: number;
  readonly writtenTokens: number;
  /** All of the prompt, those included. */
  readonly promptTokens: number;
  readonly responseId?: string | undefined;
  /** The provider's word for why nothing was read. */
  readonly missedFor?: string | undefined;
}

/**
 * Whether a request read the prefix at `at` from the cache. A provider reads the longest prefix that it has, so
 * what was read tells how far it came: it counts as this prefix from halfway between the one before and this one.
 */
export function isHit(
  prefixes: readonly Prefix[],
  at: number,
  sent: { readonly report: CacheReport; readonly promptTokens: number },
): boolean {
  const { readTokens, writtenTokens, promptTokens } = sent.report;
  if (readTokens <= 0) return false;
  const whole = prefixes.at(-1)?.tokens ?? 0;
  const own = prefixes[at]?.tokens ?? 0;
  const before = prefixes[at - 1]?.tokens ?? 0;
  // Where writes are reported, both together are the longest prefix; else only the whole prompt is known.
  const share =
    writtenTokens > 0
      ? readTokens / (readTokens + writtenTokens)
      : (readTokens * sent.promptTokens) / Math.max(1, promptTokens * whole);
  return share * whole >= (before + own) / 2;
}
