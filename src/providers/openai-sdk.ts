import type { Post } from './http-provider.ts';
import { keyHeader } from './key-header.ts';
import type { ResolvedProvider } from './resolve.ts';
import { silentLogger } from './silent-logger.ts';
import type { Transport } from './transport.ts';

/**
 * The only door to OpenAI's SDK, loaded on first use. Retries, timeouts and logs are off, and every
 * setting that it would look for in the environment is passed here.
 */
export async function openOpenai(
  endpoint: ResolvedProvider,
  transport: Transport,
  path = endpoint.api === 'responses' ? '/responses' : '/chat/completions',
): Promise<Post> {
  const { OpenAI } = await import('openai');
  const { key, auth = 'bearer', headers, query } = endpoint;
  const client = new OpenAI({
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
      'content-type': 'application/json',
      'user-agent': 'volley',
      ...headers,
      ...(key !== undefined && keyHeader(key, auth)),
    }),
  });
  return (body, { signal, timeoutMs, transfer }) => {
    const fetchOptions = { redirect: 'manual', transfer } as const;
    const timeout = sdkTimeout(timeoutMs);
    return client.post(path, { body, query, signal, timeout, fetchOptions }).asResponse();
  };
}

/** Past ours, which is the one that counts; within what a timer can take. */
function sdkTimeout(timeoutMs: number): number {
  return Math.min(Math.ceil(timeoutMs) + 60_000, 2 ** 31 - 1);
}
