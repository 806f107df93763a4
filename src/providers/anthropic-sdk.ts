import type { Call } from './batch-call.ts';
import type { Get, Post } from './http-provider.ts';
import { keyHeader } from './key-header.ts';
import type { ResolvedProvider } from './resolve.ts';
import { silentLogger } from './silent-logger.ts';
import type { Transport } from './transport.ts';

/** From this version on the API takes `Authorization: Bearer`; older ones and gateways want `x-api-key`. */
const BEARER_SINCE = '2026-10-21';

/**
 * Posts prompts, or what `path` takes, to a server that speaks Anthropic's API. Without the `messages`
 * resource, which prints warnings about old models and refuses long outputs.
 */
export async function openAnthropic(
  endpoint: ResolvedProvider,
  transport: Transport,
  path = '/v1/messages',
): Promise<Post> {
  const client = await clientFor(endpoint, transport);
  const { query } = endpoint;
  return (body, { signal, timeoutMs, transfer }) => {
    const fetchOptions = { redirect: 'manual', transfer } as const;
    const timeout = sdkTimeout(timeoutMs);
    return client.post(path, { body, query, signal, timeout, fetchOptions }).asResponse();
  };
}

/** Calls any path of such a server. */
export async function openAnthropicCalls(
  endpoint: ResolvedProvider,
  transport: Transport,
): Promise<Call> {
  const client = await clientFor(endpoint, transport);
  return async ({ method, path, body, contentType, ...more }, { signal, timeoutMs, transfer }) => {
    const fetchOptions = { redirect: 'manual', transfer } as const;
    const options = {
      query: { ...endpoint.query, ...more.query },
      signal,
      timeout: sdkTimeout(timeoutMs),
      fetchOptions,
      ...(body !== undefined && { body }),
      ...(contentType !== undefined && { headers: { 'content-type': contentType } }),
    };
    const sender =
      contentType === undefined ? client : await clientFor(endpoint, transport, contentType);
    return sender[method](path, options).asResponse();
  };
}

/** Asks such a server which models it has. */
export async function openAnthropicModels(
  endpoint: ResolvedProvider,
  transport: Transport,
): Promise<Get> {
  const client = await clientFor(endpoint, transport);
  const query = { ...endpoint.query, limit: '1000' };
  return ({ signal, timeoutMs, transfer }) => {
    const fetchOptions = { redirect: 'manual', transfer } as const;
    const timeout = sdkTimeout(timeoutMs);
    return client.get('/v1/models', { query, signal, timeout, fetchOptions }).asResponse();
  };
}

/**
 * The only door to Anthropic's SDK, loaded on first use. Retries, timeouts and logs are off, and the
 * key is passed here, so that neither the environment nor a profile on disk is asked for one.
 */
async function clientFor(
  endpoint: ResolvedProvider,
  transport: Transport,
  contentType = 'application/json',
) {
  const { Anthropic } = await import('@anthropic-ai/sdk');
  const { key, headers } = endpoint;
  const version = endpoint.apiVersion ?? BEARER_SINCE;
  return new Anthropic({
    apiKey: key ?? 'none',
    authToken: null,
    webhookKey: null,
    // The version is part of the path that is posted to; people write it here as for OpenAI.
    baseURL: endpoint.baseUrl.replace(/\/v1$/u, ''),
    maxRetries: 0,
    logLevel: 'off',
    logger: silentLogger,
    openTelemetry: false,
    fetch: transport.fetchWith({
      accept: 'application/json',
      'content-type': contentType,
      'user-agent': 'volley',
      'anthropic-version': version,
      ...headers,
      ...(key !== undefined &&
        keyHeader(key, endpoint.auth ?? (version >= BEARER_SINCE ? 'bearer' : 'x-api-key'))),
    }),
  });
}

/** Past ours, which is the one that counts; within what a timer can take. */
function sdkTimeout(timeoutMs: number): number {
  return Math.min(Math.ceil(timeoutMs) + 60_000, 2 ** 31 - 1);
}
