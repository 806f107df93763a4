import type { AuthScheme } from '../manifest/manifest.ts';
import type { ResponseHeaders } from './provider.ts';

/** The header that carries a key. */
export function keyHeader(key: string, scheme: AuthScheme): ResponseHeaders {
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
