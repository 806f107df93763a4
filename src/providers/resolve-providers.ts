import type { Place } from '../errors/finding.ts';
import { isLoopback } from '../manifest/base-url.ts';
import { cloudCredential, type Cloud, type CloudCredential } from '../manifest/cloud.ts';
import { knownProviders } from '../manifest/known-providers.ts';
import type {
  AuthScheme,
  Manifest,
  MockSettings,
  ProviderSettings,
  ProviderType,
  StreamSetting,
} from '../manifest/manifest.ts';
import { modelsOf } from '../manifest/task-models.ts';
import { secretsOf } from '../errors/redact.ts';
import type { Environment } from '../ports/environment.ts';
import { addressOf, isOpenaiHost } from './provider-address.ts';
import { credentialsFor, type Credentials } from './credentials.ts';
import { hostProblem, type ProviderContext } from './host-problem.ts';
import { hostRules, type HostPermissions, type HostRules } from './allowed-hosts.ts';
import { proxyProblem } from './proxy.ts';

/** A provider with its address and key: everything that is needed to send. */
export interface ResolvedProvider extends Partial<Credentials> {
  readonly name: string;
  readonly type: ProviderType;
  /** The cloud that it uses, and the credentials that sign its requests, if any. */
  readonly cloud?: (Cloud & { readonly credential: CloudCredential | undefined }) | undefined;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly origin: string;
  /** With the port, if it is not the default. */
  readonly host: string;
  readonly api: 'responses' | 'chat';
  readonly apiVersion?: string | undefined;
  /** How the key is sent; default: as usual for the wire format. */
  readonly auth?: AuthScheme | undefined;
  /** Added to the URL of each request. */
  readonly query?: Readonly<Record<string, string>>;
  /**
   * The field that limits the length of an answer. If undefined, Volley finds out which one the
   * server accepts.
   */
  readonly maxTokensField?: string | undefined;
  /** Whether answers are streamed to Volley. Default: only if needed. */
  readonly stream?: StreamSetting | undefined;
  readonly mock?: MockSettings | undefined;
  /** Whether batches can be sent to it through the vendor's batch API. */
  readonly hasBatches?: boolean;
  /** Whether it accepts `service_tier: flex`. */
  readonly hasFlex?: boolean;
}

export interface ProviderProblem {
  readonly provider: string;
  readonly message: string;
  readonly hint: string;
  /** The place of the provider's entry in the manifest, if any. */
  readonly place?: Place;
}

export type Resolution =
  | { readonly ok: true; readonly providers: ReadonlyMap<string, ResolvedProvider> }
  /** One per provider, never empty. */
  | { readonly ok: false; readonly problems: readonly ProviderProblem[] };

export interface ResolveOptions extends HostPermissions {
  /** Nothing will be sent, so keys are not needed and hosts are not refused. Default false. */
  readonly rehearses?: boolean;
}

/**
 * Decides where the requests of a manifest's tasks are sent and with which key. Sends nothing. The
 * manifest is not trusted with this: a variable is sent only to hosts that it is bound to. Volley
 * binds a built-in provider's variable to that provider's own hosts; the caller binds all others.
 * See docs/decisions/0023.
 */
export function resolveProviders(manifest: Manifest, options: ResolveOptions): Resolution {
  const results = resolveEach(manifest, options);
  const problems = results.flatMap((result) => (result.ok ? [] : [result.problem]));
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, providers: resolvedOnes(results) };
}

/** The manifest's providers that can be used right now. */
export function usableProviders(
  manifest: Manifest,
  options: ResolveOptions,
): ReadonlyMap<string, ResolvedProvider> {
  return resolvedOnes(resolveEach(manifest, options));
}

/** The built-in providers that can be used right now: each needs its key. */
export function readyMadeProviders(options: ResolveOptions): readonly ResolvedProvider[] {
  const results = resolveNamed([...knownProviders.keys()], new Map(), options);
  return [...resolvedOnes(results).values()].filter(({ type }) => type !== 'mock');
}

/** Decides where requests to one provider are sent and with which key, without a manifest. */
export function resolveNamedProvider(
  known: Omit<ProviderSettings, 'place' | 'baseUrlEnv' | 'limits' | 'models' | 'mock'>,
  options: ResolveOptions,
): Resolved {
  const { name } = known;
  const usual = knownProviders.get(name);
  const isUsual = usual?.type === known.type && usual?.baseUrl === known.baseUrl;
  const settings: ProviderSettings = {
    ...known,
    place: { file: name, line: 1, column: 1 },
    baseUrl: isUsual ? undefined : known.baseUrl,
    apiKeyEnv: usual?.apiKeyEnv === known.apiKeyEnv ? undefined : known.apiKeyEnv,
    baseUrlEnv: undefined,
    limits: {},
    models: new Map(),
    mock: undefined,
  };
  return resolved(name, settings, { ...options, rules: hostRules(options) });
}

function resolveEach(manifest: Manifest, options: ResolveOptions): readonly Resolved[] {
  const names = manifest.tasks.flatMap(modelsOf).map(({ provider }) => provider);
  return resolveNamed([...new Set(names)], manifest.providers, options);
}

function resolveNamed(
  names: readonly string[],
  providers: Manifest['providers'],
  options: ResolveOptions,
): readonly Resolved[] {
  const rules = hostRules(options);
  return names.map((name) => resolved(name, providers.get(name), { ...options, rules }));
}

function resolvedOnes(results: readonly Resolved[]): ReadonlyMap<string, ResolvedProvider> {
  return new Map(
    results.flatMap((result) => (result.ok ? [[result.value.name, result.value]] : [])),
  );
}

export type Resolved =
  | { readonly ok: true; readonly value: ResolvedProvider }
  | { readonly ok: false; readonly problem: ProviderProblem };

function resolved(
  name: string,
  settings: ProviderSettings | undefined,
  { environment, rules, rehearses }: ResolveOptions & { readonly rules: HostRules },
): Resolved {
  const problem = ({ message, hint }: Pick<ProviderProblem, 'message' | 'hint'>): Resolved => ({
    ok: false,
    problem: { provider: name, message, hint, ...(settings && { place: settings.place }) },
  });
  const type = settings?.type ?? knownProviders.get(name)?.type;
  if (type === undefined) {
    return problem({
      message: `provider \`${name}\` has no type`,
      hint: `add \`type: openai\` (or anthropic, mock) under \`providers.${name}\``,
    });
  }
  if (type === 'mock') return { ok: true, value: mockProvider(name, settings, environment) };

  const address = addressOf({ name, type, settings, environment });
  if (!address.ok) return problem(address);
  const { url } = address;
  const context = { name, settings, environment, rules };
  // The host in a variable is not shown until it is allowed.
  if (!rehearses || address.variable !== undefined) {
    const refused =
      hostProblem(address, context) ??
      (rehearses || isLoopback(url.hostname) ? undefined : proxyProblem(environment));
    if (refused) return problem(refused);
  }
  if (rehearses) return { ok: true, value: endpointAt(url, { name, type, settings }) };
  const found = credentialsFor(url, context);
  if (!found.ok) return problem(found);
  return { ok: true, value: endpointAt(url, { name, type, settings }, found.credentials) };
}

function endpointAt(
  url: URL,
  {
    name,
    type,
    settings,
  }: Pick<ResolvedProvider, 'name' | 'type'> & Pick<ProviderContext, 'settings'>,
  { headers, ...key }: Partial<Credentials> = {},
): ResolvedProvider {
  const cloud = settings?.cloud;
  return {
    name,
    type,
    ...(cloud && { cloud: { ...cloud, credential: cloudCredential(settings) } }),
    baseUrl: url.href.replace(/\/+$/u, ''),
    origin: url.origin,
    host: url.host,
    api: settings?.api ?? (isOpenaiHost(url.host) ? 'responses' : 'chat'),
    apiVersion: settings?.apiVersion,
    auth: settings?.auth ?? (cloud?.name === 'azure' ? 'api-key' : undefined),
    headers: { ...settings?.headers, ...headers },
    query: settings?.query ?? {},
    maxTokensField: settings?.maxTokensField,
    // Bedrock streams in its own format.
    stream: cloud?.name === 'bedrock' && type === 'anthropic' ? 'never' : settings?.stream,
    hasBatches: settings?.batch ?? (!cloud && (name === 'openai' || name === 'anthropic')),
    hasFlex: type === 'openai' && (settings?.flex ?? (!cloud && name === 'openai')),
    ...key,
  };
}

/** A mock repeats its prompt, so it must not repeat a key in it. */
function mockProvider(
  name: string,
  settings: ProviderSettings | undefined,
  environment: Environment,
): ResolvedProvider {
  return {
    name,
    type: 'mock',
    baseUrl: 'mock://mock',
    origin: 'mock://mock',
    host: 'mock',
    api: 'chat',
    secrets: secretsOf(environment),
    mock: settings?.mock,
    hasBatches: settings?.batch ?? true,
  };
}
