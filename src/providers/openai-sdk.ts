import type { Call } from './batch-call.ts';
import type { Get, Post } from './http-provider.ts';
import { keyHeader } from './key-header.ts';
import type { ResolvedProvider } from './resolve.ts';
import { silentLogger } from './silent-logger.ts';
import type { Transport } from './transport.ts';

/** Posts prompts, or what `path` takes, to a server that speaks OpenAI's API. */
export async function openOpenai(
  endpoint: ResolvedProvider,
  transport: Transport,
  path = endpoint.api === 'responses' ? '/responses' : '/chat/completions',
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
export async function openOpenaiCalls(
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
export async function openOpenaiModels(
  endpoint: ResolvedProvider,
  transport: Transport,
): Promise<Get> {
  const client = await clientFor(endpoint, transport);
  const { query } = endpoint;
  return ({ signal, timeoutMs, transfer }) => {
    const fetchOptions = { redirect: 'manual', transfer } as const;
    const timeout = sdkTimeout(timeoutMs);
    return client.get('/models', { query, signal, timeout, fetchOptions }).asResponse();
  };
}

/**
 * The only door to OpenAI's SDK, loaded on first use. Retries, timeouts and logs are off, and every
 * setting that it would look for in the environment is passed here.
 */
async function clientFor(
  endpoint: ResolvedProvider,
  transport: Transport,
  contentType = 'application/json',
) {
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

/** Past ours, which is the one that counts; within what a timer can take. */
function sdkTimeout(timeoutMs: number): number {
  return Math.min(Math.ceil(timeoutMs) + 60_000, 2 ** 31 - 1);
}
