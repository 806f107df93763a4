import type { ProviderType } from '../manifest/manifest.ts';

/** How a provider counts tokens toward its limits. */
export interface TokenCounting {
  /** Whether tokens read from a cache count. */
  readonly countsCacheReads: boolean;
  /** Whether a request counts for its `max_tokens` when it comes in, however short the answer. */
  readonly countsMaxTokens: boolean;
}

/** Both as documented: Anthropic counts actual output and leaves cache reads out. */
const BY_TYPE: Partial<Record<ProviderType, Partial<TokenCounting>>> = {
  anthropic: { countsCacheReads: false },
};
const BY_HOST: Readonly<Record<string, Partial<TokenCounting>>> = {
  'api.openai.com': { countsMaxTokens: true },
};

/** Servers that speak another's wire count as most do: cache reads, and what an answer really used. */
export function tokenCounting(type: ProviderType, host = ''): TokenCounting {
  return { countsCacheReads: true, countsMaxTokens: false, ...BY_TYPE[type], ...BY_HOST[host] };
}
