import { messageOf } from '../errors/failure.ts';
import type { Cloud, CloudCredential } from '../manifest/cloud.ts';
import type { Clock } from '../ports/clock.ts';
import type { ResponseHeaders } from './provider.ts';
import type { Sign, UnsentRequest } from './transport.ts';
import type { ProviderProblem, ResolvedProvider } from './resolve-providers.ts';

/** Authenticates requests to a cloud. */
export interface CloudSigner {
  /** The headers for one request. Rejects without credentials, or if they cannot be refreshed. */
  headersFor(request: UnsentRequest): Promise<ResponseHeaders>;
  /** Secrets that it sends, which must not appear in any text. */
  secrets(): readonly string[];
}

/** A package of the vendor is not installed. */
class PackageMissing extends Error {}

/** Signs the requests to one cloud. */
export interface Signing {
  readonly sign: Sign;
  /** Secrets that were sent, which must not appear in any text. */
  secrets(): readonly string[];
}

/** Nothing is loaded, and no credentials are looked for, before the first request. */
export function createSigning(credential: CloudCredential, options: SignerOptions): Signing {
  let opening: Promise<CloudSigner> | undefined;
  let opened: CloudSigner | undefined;
  /**
   * Whether a request has been signed. From then on, a failure to sign counts as a temporary
   * network failure.
   */
  let hasWorked = false;

  return {
    async sign(request) {
      try {
        opening ??= SIGNERS[credential]().then((signer) => signer.open(options));
        opened = await opening;
        const own = await opened.headersFor(request);
        hasWorked = true;
        return { ok: true, headers: own };
      } catch (error) {
        const reason = messageOf(error);
        return { ok: false, fault: { kind: 'unsigned', credential, reason, hasWorked } };
      }
    },
    secrets: () => opened?.secrets() ?? [],
  };
}

export interface SignerOptions {
  readonly region: Cloud['region'];
  readonly service: 'bedrock' | 'bedrock-mantle';
  readonly clock: Clock;
}

interface SignerModule {
  open(options: SignerOptions): Promise<CloudSigner>;
  /** Loads the vendor's packages. */
  packages(): Promise<unknown>;
}

const SIGNERS: Readonly<Record<CloudCredential, () => Promise<SignerModule>>> = {
  aws: () => import('./aws-signer.ts'),
  azure: () => import('./azure-signer.ts'),
  gcp: () => import('./google-signer.ts'),
};

/** What to do if a cloud's credentials are missing or refused. */
export const CLOUD_HINTS = {
  aws: 'set AWS_PROFILE or AWS_ACCESS_KEY_ID, or log in: aws sso login',
  azure: 'log in: az login; in a job, set AZURE_CLIENT_ID and AZURE_TENANT_ID',
  gcp: 'log in: gcloud auth application-default login; in a job, set GOOGLE_APPLICATION_CREDENTIALS',
} as const;

/** The providers whose requests cannot be signed, because the vendor's package is not installed. */
export async function missingPackages(
  providers: Iterable<Pick<ResolvedProvider, 'name' | 'cloud'>>,
): Promise<readonly ProviderProblem[]> {
  const problems: ProviderProblem[] = [];
  for (const { name: provider, cloud } of providers) {
    if (cloud?.credential === undefined) continue;
    try {
      await (await SIGNERS[cloud.credential]()).packages();
    } catch (error) {
      if (!(error instanceof PackageMissing)) throw error;
      problems.push({
        provider,
        message: `\`${provider}\` needs a package from its vendor that is not installed`,
        hint: `install it next to Volley: \`${error.message}\``,
      });
    }
  }
  return problems;
}

/** Loads a vendor's packages. If one is missing, the error has the command that installs it. */
export async function vendorPackages<Modules>(
  load: () => Promise<Modules>,
  names: string,
): Promise<Modules> {
  try {
    return await load();
  } catch (error) {
    const isMissing =
      error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    if (!isMissing) throw error;
    throw new PackageMissing(`npm install ${names}`, { cause: error });
  }
}
