import type { ProviderType } from '../manifest/manifest.ts';

/** How a provider counts tokens against its limits. */
export interface TokenCounting {
  /** Whether tokens read from a cache count. */
  readonly countsCacheReads: boolean;
  /** Whether a request counts with its whole `max_tokens` when it arrives. */
  readonly countsMaxTokens: boolean;
}

/** As documented: Anthropic counts actual output and ignores cache reads. */
const BY_TYPE: Partial<Record<ProviderType, Partial<TokenCounting>>> = {
  anthropic: { countsCacheReads: false },
};
const BY_HOST: Readonly<Record<string, Partial<TokenCounting>>> = {
  'api.openai.com': { countsMaxTokens: true },
};

/** Other servers count as most do: cache reads, and the actual output. */
export function tokenCounting(type: ProviderType, host = ''): TokenCounting {
  return { countsCacheReads: true, countsMaxTokens: false, ...BY_TYPE[type], ...BY_HOST[host] };
}
