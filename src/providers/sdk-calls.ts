import type { Call } from './other-endpoints.ts';
import type { ResolvedProvider } from './resolve-providers.ts';

/**
 * The part of an SDK's client that Volley uses: requests to any path. The SDK's own methods are
 * more restrictive.
 */
interface SdkClient {
  get(path: string, options: object): Pending;
  post(path: string, options: object): Pending;
  delete(path: string, options: object): Pending;
}

interface Pending {
  asResponse(): Promise<Response>;
}

/** Calls any path of a provider through its SDK. */
export async function sdkCalls(
  clientFor: (contentType: string) => Promise<SdkClient>,
  endpoint: Pick<ResolvedProvider, 'query'>,
): Promise<Call> {
  const client = await clientFor('application/json');
  return async ({ method, path, body, contentType, query }, { signal, timeoutMs, transfer }) => {
    const sender = contentType === undefined ? client : await clientFor(contentType);
    const wholeQuery = { ...endpoint.query, ...query };
    const options = {
      // With an empty query, the SDK would parse and write every URL once more.
      ...(Object.keys(wholeQuery).length > 0 && { query: wholeQuery }),
      // Later than Volley's own timeout, and within the range of timers.
      timeout: Math.min(Math.ceil(timeoutMs) + 60_000, 2 ** 31 - 1),
      // If the SDK had the signal, it would combine it with its own for each request. Such signals,
      // and all that they refer to, stay in memory until the next full collection.
      fetchOptions: { redirect: 'manual', transfer, abandon: signal },
      ...(body !== undefined && { body }),
      ...(contentType !== undefined && { headers: { 'content-type': contentType } }),
    };
    return sender[method](path, options).asResponse();
  };
}
