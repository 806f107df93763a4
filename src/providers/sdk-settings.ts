import type { ResponseHeaders } from './provider.ts';
import type { ResolvedProvider } from './resolve-providers.ts';
import type { Transport } from './transport.ts';

/**
 * Settings of both vendors' SDKs, so that they do nothing by themselves. They do not retry or log,
 * and the variables that they would read from the environment (base URL, custom headers, log level)
 * have no effect: the address and the log level are given, and `headers` replace the SDK's own.
 */
export function sdkSettings(
  { key, baseUrl }: Pick<ResolvedProvider, 'key' | 'baseUrl'>,
  transport: Transport,
  headers: ResponseHeaders,
) {
  return {
    apiKey: key ?? 'none',
    baseURL: baseUrl,
    maxRetries: 0,
    logLevel: 'off',
    // By default, SDKs write to stdout and stderr, including prompts.
    logger: { error: silence, warn: silence, info: silence, debug: silence },
    fetch: transport.fetchWith(headers),
  } as const;
}

function silence(): void {}
