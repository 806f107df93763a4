import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { vendorPackages, type CloudSigner, type SignerOptions } from './cloud-signing.ts';

/**
 * The only module that imports AWS's packages: the default credential chain, which also refreshes
 * credentials, and SigV4.
 */
export async function open({ region = '', service }: SignerOptions): Promise<CloudSigner> {
  const [{ defaultProvider }, { SignatureV4 }] = await packages();
  const chain = defaultProvider();
  let secrets: readonly string[] = [];
  const signer = new SignatureV4({
    service,
    region,
    sha256: Sha256,
    credentials: async () => {
      const found = await chain();
      secrets = [found.secretAccessKey, ...(found.sessionToken ? [found.sessionToken] : [])];
      return found;
    },
  });
  return {
    async headersFor({ url, method, body, headers }) {
      const query: Record<string, string[]> = {};
      for (const [name, value] of url.searchParams) (query[name] ??= []).push(value);
      const signed = await signer.sign({
        protocol: url.protocol,
        hostname: url.hostname,
        ...(url.port !== '' && { port: Number(url.port) }),
        method,
        path: url.pathname,
        query,
        headers: { ...headers, host: url.host },
        ...(body !== undefined && { body }),
      });
      return signed.headers;
    },
    secrets: () => secrets,
  };
}

export function packages() {
  return vendorPackages(
    () =>
      Promise.all([import('@aws-sdk/credential-provider-node'), import('@smithy/signature-v4')]),
    '@aws-sdk/credential-provider-node @smithy/signature-v4',
  );
}

/** Node's hash in the form that the signer expects; with a secret, an HMAC. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: Bytes) {
    this.#hash =
      secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(chunk: Bytes): void {
    this.#hash.update(bytesOf(chunk));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

type Bytes = string | ArrayBuffer | ArrayBufferView;

function bytesOf(data: Bytes): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
