import { vendorPackages, type CloudSigner } from './cloud-signing.ts';

const SCOPES = 'https://www.googleapis.com/auth/cloud-platform';

/**
 * The only module that imports Google's package: its default credential chain, which also refreshes
 * tokens.
 */
export async function open(): Promise<CloudSigner> {
  const { GoogleAuth } = await packages();
  const client = await new GoogleAuth({ scopes: SCOPES }).getClient();
  let secrets: readonly string[] = [];
  return {
    async headersFor({ url }) {
      const headers = Object.fromEntries(await client.getRequestHeaders(url));
      secrets = [headers['authorization']?.replace(/^Bearer /, '') ?? ''];
      return headers;
    },
    secrets: () => secrets,
  };
}

export function packages() {
  return vendorPackages(() => import('google-auth-library'), 'google-auth-library');
}
