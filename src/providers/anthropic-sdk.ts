import type { Call } from './other-endpoints.ts';
import type { ResolvedProvider } from './resolve-providers.ts';
import { keyHeader, sdkCalls, silentLogger } from './sdk-calls.ts';
import type { Transport } from './transport.ts';

/**
 * Since this version, the API accepts `Authorization: Bearer`. Older versions and gateways require
 * `x-api-key`.
 */
const BEARER_SINCE = '2026-10-21';

/** Calls a server with Anthropic's API. */
export function openAnthropic(endpoint: ResolvedProvider, transport: Transport): Promise<Call> {
  return sdkCalls((contentType) => clientFor(endpoint, transport, contentType), endpoint);
}

/**
 * The only module that imports Anthropic's SDK, loaded on first use. Its retries, timeouts and logs
 * are off, and it gets the key here, so it does not search the environment or a profile on disk.
 */
async function clientFor(endpoint: ResolvedProvider, transport: Transport, contentType: string) {
  const { Anthropic } = await import('@anthropic-ai/sdk');
  const { key, headers } = endpoint;
  const version = endpoint.apiVersion ?? BEARER_SINCE;
  return new Anthropic({
    apiKey: key ?? 'none',
    authToken: null,
    webhookKey: null,
    // The SDK adds `/v1` to the path, but people include it in `base_url`, as they do for OpenAI.
    baseURL: endpoint.baseUrl.replace(/\/v1$/u, ''),
    maxRetries: 0,
    logLevel: 'off',
    logger: silentLogger,
    openTelemetry: false,
    fetch: transport.fetchWith({
      accept: 'application/json',
      'content-type': contentType,
      'user-agent': 'volley',
      ...(!endpoint.cloud && { 'anthropic-version': version }),
      ...headers,
      ...(key !== undefined &&
        keyHeader(key, endpoint.auth ?? (version >= BEARER_SINCE ? 'bearer' : 'x-api-key'))),
    }),
  });
}
