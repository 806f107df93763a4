import type { AuthScheme } from '../manifest/manifest.ts';
import type { ResponseHeaders } from './provider.ts';
import type { ResolvedProvider } from './resolve-providers.ts';

/**
 * The headers of a request: Volley's, then those of the provider's `headers` and `headers_env`,
 * then the key, in the form that `auth` names. Nothing else is sent, whatever the SDKs would add.
 */
export function requestHeaders(
  { key, headers }: Pick<ResolvedProvider, 'key' | 'headers'>,
  { contentType, auth, version }: RequestHeaderOptions,
): ResponseHeaders {
  return {
    accept: 'application/json',
    'content-type': contentType,
    'user-agent': 'volley',
    ...(version !== undefined && { 'anthropic-version': version }),
    ...headers,
    ...(key !== undefined && keyHeader(key, auth)),
  };
}

interface RequestHeaderOptions {
  readonly contentType: string;
  readonly auth: AuthScheme;
  readonly version?: string | undefined;
}

function keyHeader(key: string, scheme: AuthScheme): ResponseHeaders {
  switch (scheme) {
    case 'bearer':
      return { authorization: `Bearer ${key}` };
    case 'x-api-key':
    case 'api-key':
      return { [scheme]: key };
    case 'none':
      return {};
  }
}
