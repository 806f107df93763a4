import { vendorPackages, type CloudSigner, type SignerOptions } from './cloud-signing.ts';

const SCOPE = 'https://cognitiveservices.azure.com/.default';
/** A token is replaced this long before it expires. */
const MARGIN_MS = 5 * 60_000;

/** Imports Microsoft's package: its default credential chain, for a token from Entra ID. */
export async function open({ clock }: SignerOptions): Promise<CloudSigner> {
  const { DefaultAzureCredential } = await packages();
  const chain = new DefaultAzureCredential();
  type Token = Awaited<ReturnType<typeof chain.getToken>>;
  let known: Token | undefined;
  /** The token being requested. All requests that need one share it. */
  let getting: Promise<Token> | undefined;

  function token(): Promise<Token> {
    if (known && known.expiresOnTimestamp - clock.epochMs() >= MARGIN_MS) {
      return Promise.resolve(known);
    }
    getting ??= fresh().finally(() => {
      getting = undefined;
    });
    return getting;
  }

  async function fresh(): Promise<Token> {
    known = await chain.getToken(SCOPE);
    return known;
  }

  return {
    async headersFor() {
      return { authorization: `Bearer ${(await token()).token}` };
    },
    secrets: () => (known ? [known.token] : []),
  };
}

export function packages() {
  return vendorPackages(() => import('@azure/identity'), '@azure/identity');
}
