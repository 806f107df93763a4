import type { Call } from './other-endpoints.ts';
import type { ResolvedProvider } from './resolve-providers.ts';
import { keyHeader, sdkCalls, silentLogger } from './sdk-calls.ts';
import type { Transport } from './transport.ts';

/** Calls a server with OpenAI's API. */
export function openOpenai(endpoint: ResolvedProvider, transport: Transport): Promise<Call> {
  return sdkCalls((contentType) => clientFor(endpoint, transport, contentType), endpoint);
}

/**
 * The only module that imports OpenAI's SDK, loaded on first use. Its retries, timeouts and logs
 * are off. Volley passes all settings that the SDK would otherwise read from the environment.
 */
async function clientFor(endpoint: ResolvedProvider, transport: Transport, contentType: string) {
  const { OpenAI } = await import('openai');
  const { key, auth = 'bearer', headers } = endpoint;
  return new OpenAI({
    apiKey: key ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: endpoint.baseUrl,
    maxRetries: 0,
    logLevel: 'off',
    logger: silentLogger,
    fetch: transport.fetchWith({
      accept: 'application/json',
      'content-type': contentType,
      'user-agent': 'volley',
      ...headers,
      ...(key !== undefined && keyHeader(key, auth)),
    }),
  });
}
