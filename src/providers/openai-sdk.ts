import type { Call } from './other-endpoints.ts';
import type { ResolvedProvider } from './resolve-providers.ts';
import { requestHeaders } from './request-headers.ts';
import { sdkCalls } from './sdk-calls.ts';
import { sdkSettings } from './sdk-settings.ts';
import type { Transport } from './transport.ts';

/** Calls a server that speaks OpenAI's API. */
export function openOpenai(endpoint: ResolvedProvider, transport: Transport): Promise<Call> {
  return sdkCalls((contentType) => clientFor(endpoint, transport, contentType), endpoint);
}

/**
 * The only module that imports OpenAI's SDK, loaded on first use. Its retries, timeouts and logs
 * are off. Volley passes all settings that the SDK would otherwise read from the environment.
 */
async function clientFor(endpoint: ResolvedProvider, transport: Transport, contentType: string) {
  const { OpenAI } = await import('openai');
  const headers = requestHeaders(endpoint, { contentType, auth: endpoint.auth ?? 'bearer' });
  return new OpenAI({
    ...sdkSettings(endpoint, transport, headers),
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
  });
}
