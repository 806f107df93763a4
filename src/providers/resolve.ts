import type { Place } from '../errors/finding.ts';
import { isLoopback } from '../manifest/base-url.ts';
import { forbiddenKeyReason, knownProviders } from '../manifest/known-providers.ts';
import type { KnownProvider } from '../manifest/known-providers.ts';
import type {
  Manifest,
  MockSettings,
  ProviderSettings,
  ProviderType,
} from '../manifest/manifest.ts';
import { modelsOf } from '../manifest/task-models.ts';
import type { Environment } from '../ports/environment.ts';
import { proxyProblem } from './proxy.ts';
import { hostProblem, isOpenaiHost, readBaseUrl } from './base-url.ts';

/** A provider of the manifest with its address and key settled: all that is needed to send. */
export interface ResolvedProvider {
  readonly name: string;
  readonly type: ProviderType;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly origin: string;
  /** Host and, where it is not the usual one, port. */
  readonly host: string;
  /** A secret. Undefined: no key is sent. */
  readonly key: string | undefined;
  readonly keyVariable: string | undefined;
  /** A ready-made provider's variable that is set but whose key may not go to this host. */
  readonly withheldVariable: string | undefined;
  readonly api: 'responses' | 'chat';
  readonly apiVersion: string | undefined;
  readonly mock: MockSettings | undefined;
}

/** Why a provider cannot be used. */
export interface ProviderProblem {
  readonly provider: string;
  readonly message: string;
  readonly hint: string;
  /** Of its entry in the manifest, if it has one. */
  readonly place?: Place;
}

export type Resolution =
  | { readonly ok: true; readonly providers: ReadonlyMap<string, ResolvedProvider> }
  /** Never empty, one a provider. */
  | { readonly ok: false; readonly problems: readonly ProviderProblem[] };

export interface ResolveOptions {
  readonly environment: Environment;
  /** `host` or `host:port`, as given with `--allow-host`; those of `VOLLEY_ALLOW_HOSTS` are added. */
  readonly allowHosts: readonly string[];
  /** Nothing will be sent: no key is asked for, and no host is refused. Default: false. */
  readonly rehearses?: boolean;
}

/**
 * Settles where the requests of a manifest's tasks go and with which key. Nothing is sent. A manifest
 * is not trusted with that: a ready-made provider's key goes to its own origin, and any other remote
 * host must be allowed by the caller, whether it stands in `base_url` or in the variable that
 * `base_url_env` names.
 */
export function resolveProviders(manifest: Manifest, options: ResolveOptions): Resolution {
  const results = resolveEach(manifest, options);
  const problems = results.flatMap((result) => (result.ok ? [] : [result.problem]));
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, providers: resolvedOnes(results) };
}

/** Those of a manifest's providers that can be used as things are. */
export function usableProviders(
  manifest: Manifest,
  options: ResolveOptions,
): ReadonlyMap<string, ResolvedProvider> {
  return resolvedOnes(resolveEach(manifest, options));
}

function resolveEach(manifest: Manifest, options: ResolveOptions): readonly Result[] {
  const names = [...new Set(manifest.tasks.flatMap(modelsOf).map(({ provider }) => provider))];
  const { environment, rehearses = false } = options;
  const allowed = [...options.allowHosts, ...listed(environment['VOLLEY_ALLOW_HOSTS'])];
  return names.map((name) =>
    resolved(name, manifest.providers.get(name), { environment, allowed, rehearses }),
  );
}

function resolvedOnes(results: readonly Result[]): ReadonlyMap<string, ResolvedProvider> {
  return new Map(
    results.flatMap((result) => (result.ok ? [[result.value.name, result.value]] : [])),
  );
}

type Result =
  | { readonly ok: true; readonly value: ResolvedProvider }
  | { readonly ok: false; readonly problem: ProviderProblem };

function resolved(
  name: string,
  settings: ProviderSettings | undefined,
  {
    environment,
    allowed,
    rehearses,
  }: {
    readonly environment: Environment;
    readonly allowed: readonly string[];
    readonly rehearses: boolean;
  },
): Result {
  const known = knownProviders.get(name);
  const problem = (message: string, hint: string): Result => ({
    ok: false,
    problem: {
      provider: name,
      message,
      hint,
      ...(settings === undefined ? {} : { place: settings.place }),
    },
  });
  const type = settings?.type ?? known?.type;
  if (type === undefined) {
    return problem(
      `provider \`${name}\` has no type`,
      `add \`type: openai\` (or anthropic, mock) under \`providers.${name}\``,
    );
  }
  if (type === 'mock') return { ok: true, value: mockProvider(name, settings) };

  const address = addressOf({ name, type, settings, known, environment });
  if (!address.ok) return problem(address.message, address.hint);
  const { url, source } = address;
  const endpoint = {
    name,
    type,
    baseUrl: url.href.replace(/\/+$/u, ''),
    origin: url.origin,
    host: url.host,
    api: settings?.api ?? (isOpenaiHost(url.host) ? 'responses' : 'chat'),
    apiVersion: settings?.apiVersion,
    mock: undefined,
  } as const;
  const keyless = { key: undefined, keyVariable: undefined, withheldVariable: undefined };
  if (rehearses) return { ok: true, value: { ...endpoint, ...keyless } };
  const refused =
    hostProblem(url, { source, allowed }) ??
    (isLoopback(url.hostname) ? undefined : proxyProblem(environment));
  if (refused !== undefined) return problem(refused.message, refused.hint);

  const variable = settings?.apiKeyEnv ?? known?.apiKeyEnv;
  const forbidden = variable === undefined ? undefined : forbiddenKeyReason(variable, name);
  if (variable !== undefined && forbidden !== undefined) {
    return problem(
      `\`api_key_env\` of \`${name}\` may not be \`${variable}\`: ${forbidden}`,
      'keep the key of this provider in a variable of its own',
    );
  }
  const readyMade = variable !== undefined && variable === known?.apiKeyEnv;
  const trusted = url.origin === originOf(known) || isAllowedHost(url, allowed);
  if (variable === undefined) return { ok: true, value: { ...endpoint, ...keyless } };
  const key = environment[variable] ?? '';
  if (readyMade && !trusted) {
    const withheldVariable = key === '' ? undefined : variable;
    return { ok: true, value: { ...endpoint, ...keyless, withheldVariable } };
  }
  if (key === '') {
    // A server on this machine may do without.
    if (isLoopback(url.hostname)) return { ok: true, value: { ...endpoint, ...keyless } };
    return problem(
      `no key for \`${name}\`: \`${variable}\` is not set`,
      `set it: export ${variable}=…`,
    );
  }
  if (!/^[\u0021-\u007e]+$/u.test(key)) {
    return problem(
      `the key in \`${variable}\` holds a character that no key has, such as a space or a line break`,
      'set the variable to the bare key, without quotes and without a newline at its end',
    );
  }
  return { ok: true, value: { ...endpoint, ...keyless, key, keyVariable: variable } };
}

/** Address of an own entry of a type that names none: the vendor's. */
const ADDRESS_OF_TYPE: Readonly<Record<'anthropic' | 'openai', string>> = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com/v1',
};

function addressOf(parts: {
  readonly name: string;
  readonly type: 'anthropic' | 'openai';
  readonly settings: ProviderSettings | undefined;
  readonly known: KnownProvider | undefined;
  readonly environment: Environment;
}): ReturnType<typeof readBaseUrl> {
  const { settings, known, environment } = parts;
  const variable = settings?.baseUrlEnv;
  const fromVariable = variable === undefined ? undefined : environment[variable];
  if (variable !== undefined && fromVariable !== undefined && fromVariable !== '') {
    return readBaseUrl(fromVariable, `the variable \`${variable}\``);
  }
  if (settings?.baseUrl !== undefined) {
    return readBaseUrl(settings.baseUrl, `\`base_url\` of \`${parts.name}\``);
  }
  const own = known?.type === parts.type ? known.baseUrl : ADDRESS_OF_TYPE[parts.type];
  return readBaseUrl(own, `\`base_url\` of \`${parts.name}\``);
}

function mockProvider(name: string, settings: ProviderSettings | undefined): ResolvedProvider {
  return {
    name,
    type: 'mock',
    baseUrl: 'mock://mock',
    origin: 'mock://mock',
    host: 'mock',
    key: undefined,
    keyVariable: undefined,
    withheldVariable: undefined,
    api: 'chat',
    apiVersion: undefined,
    mock: settings?.mock,
  };
}

function originOf(known: KnownProvider | undefined): string | undefined {
  return known === undefined ? undefined : new URL(known.baseUrl).origin;
}

function isAllowedHost(url: URL, allowed: readonly string[]): boolean {
  return hostProblem(url, { source: '', allowed, onlyAllowed: true }) === undefined;
}

function listed(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
