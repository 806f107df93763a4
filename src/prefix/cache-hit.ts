import type { Prefix } from './prefix.ts';

/** What an answer reports about the cache, in tokens. */
export interface CacheReport {
  readonly readTokens: number;
  readonly writtenTokens: number;
  /** Tokens of the whole prompt, including the two above. */
  readonly promptTokens: number;
  readonly responseId?: string | undefined;
  /** The provider's reason why nothing was read. */
  readonly missedFor?: string | undefined;
}

/**
 * Whether a request read the prefix at `at` from the cache. A provider reads the longest prefix
 * that it has, so the number of tokens that it read shows which prefix that was. The threshold is
 * halfway between the previous prefix and this one.
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
  // If writes are reported, tokens read and written add up to the longest prefix; otherwise only
  // the length of the whole prompt is known.
  const share =
    writtenTokens > 0
      ? readTokens / (readTokens + writtenTokens)
      : (readTokens * sent.promptTokens) / Math.max(1, promptTokens * whole);
  return share * whole >= (before + own) / 2;
}
