import type { Call } from './other-endpoints.ts';
import type { ResolvedProvider } from './resolve-providers.ts';
import { requestHeaders } from './request-headers.ts';
import { sdkCalls } from './sdk-calls.ts';
import { sdkSettings } from './sdk-settings.ts';
import type { Transport } from './transport.ts';

/**
 * Since this version, the API accepts `Authorization: Bearer`. Older versions and gateways require
 * `x-api-key`.
 */
const BEARER_SINCE = '2026-10-21';

/** Calls a server that speaks Anthropic's API. */
export function openAnthropic(endpoint: ResolvedProvider, transport: Transport): Promise<Call> {
  return sdkCalls((contentType) => clientFor(endpoint, transport, contentType), endpoint);
}

/**
 * The only module that imports Anthropic's SDK, loaded on first use. Its retries, timeouts and logs
 * are off, and it gets the key here, so it does not search the environment or a profile on disk.
 */
async function clientFor(endpoint: ResolvedProvider, transport: Transport, contentType: string) {
  const { Anthropic } = await import('@anthropic-ai/sdk');
  const version = endpoint.apiVersion ?? BEARER_SINCE;
  const headers = requestHeaders(endpoint, {
    contentType,
    auth: endpoint.auth ?? (version >= BEARER_SINCE ? 'bearer' : 'x-api-key'),
    version: endpoint.cloud ? undefined : version,
  });
  return new Anthropic({
    ...sdkSettings(endpoint, transport, headers),
    authToken: null,
    webhookKey: null,
    // The SDK adds `/v1` to the path, but people include it in `base_url`, as they do for OpenAI.
    baseURL: endpoint.baseUrl.replace(/\/v1$/u, ''),
    openTelemetry: false,
  });
}
