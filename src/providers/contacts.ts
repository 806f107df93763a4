import { cloudCredential } from '../manifest/cloud.ts';
import { knownProviders } from '../manifest/known-providers.ts';
import type { Manifest, ProviderSettings } from '../manifest/manifest.ts';
import { modelsOf } from '../manifest/task-models.ts';
import type { Finding } from '../errors/finding.ts';
import { addressOf } from './address.ts';
import { bindingFlag, isPlain, namedVariables } from './host-problem.ts';
import { hostRules, type HostPermissions, type HostRules } from './host-rules.ts';

/** Whom a provider's tasks would contact, and what would be sent along. */
export interface Contact {
  readonly provider: string;
  /** Null: a variable names it, which is not set or holds no address that is allowed. */
  readonly host: string | null;
  /** The variable that names the address; null where the manifest or Volley does. */
  readonly addressVariable: string | null;
  readonly variables: readonly ContactVariable[];
  /** Whether a run under the present flags may call the host. */
  readonly isAllowed: boolean;
  /** What a run needs besides the present flags: one text each. Empty without a known host. */
  readonly flags: readonly string[];
}

export interface ContactVariable {
  readonly name: string;
  /** `credentials`: those of a cloud, and `name` is what `--allow-host` calls them. */
  readonly use: 'key' | 'header' | 'credentials';
  /** Whether its value may be sent to the host under the present flags. */
  readonly isBound: boolean;
}

/** The contacts of the providers that a manifest's tasks use, in the tasks' order. Nothing is sent. */
export function contactsOf(manifest: Manifest, permissions: HostPermissions): readonly Contact[] {
  const rules = hostRules(permissions);
  const names = new Set(manifest.tasks.flatMap(modelsOf).map(({ provider }) => provider));
  return [...names].flatMap((name) => {
    const settings = manifest.providers.get(name);
    const type = typeOf(name, settings);
    if (type === undefined || type === 'mock') return [];
    const address = addressOf({ name, type, settings, environment: permissions.environment });
    const addressVariable = settings?.baseUrlEnv ?? null;
    const isAllowed = address.ok && rules.refusal(address.url) === undefined;
    const isHidden = address.ok && address.variable !== undefined && !isAllowed;
    const url = address.ok && !isHidden ? address.url : undefined;
    return [
      {
        provider: name,
        host: url?.host ?? null,
        addressVariable,
        variables: variablesOf(name, { settings, url, rules }),
        isAllowed,
        flags: url ? missingFlags(url, { settings, rules }) : [],
      },
    ];
  });
}

/** What is wrong with the addresses of a manifest's providers as things are. */
export function addressFindings(
  manifest: Manifest,
  permissions: HostPermissions,
): readonly Finding[] {
  const rules = hostRules(permissions);
  const { environment } = permissions;
  return [...manifest.providers].flatMap(([name, settings]): readonly Finding[] => {
    const type = typeOf(name, settings);
    if (type === undefined || type === 'mock') return [];
    const address = addressOf({ name, type, settings, environment });
    const { place } = settings;
    if (!address.ok) {
      const { code, message, hint } = address;
      return [{ code, severity: 'error', message, hint, place }];
    }
    const { url } = address;
    if (address.variable !== undefined || !isPlain(url) || rules.refusal(url) === undefined)
      return [];
    return [
      {
        code: 'BAD_URL',
        severity: 'error',
        message: `\`${url.origin}\` is not encrypted`,
        hint: `use \`https:\`, or, in a network that you trust, allow it: ${missingFlags(url, { settings, rules }).join(' ')}`,
        place,
      },
    ];
  });
}

function typeOf(name: string, settings: ProviderSettings | undefined) {
  return settings?.type ?? knownProviders.get(name)?.type;
}

function variablesOf(
  name: string,
  {
    settings,
    url,
    rules,
  }: {
    readonly settings: ProviderSettings | undefined;
    readonly url: URL | undefined;
    readonly rules: HostRules;
  },
): readonly ContactVariable[] {
  const isBound = (variable: string): boolean => url !== undefined && rules.isBound(variable, url);
  const credential = cloudCredential(settings);
  const key =
    settings?.auth === 'none' || credential !== undefined
      ? undefined
      : (settings?.apiKeyEnv ?? knownProviders.get(name)?.apiKeyEnv);
  const headers = [...new Set(Object.values(settings?.headersEnv ?? {}))];
  return [
    ...(credential === undefined
      ? []
      : [{ name: credential, use: 'credentials', isBound: isBound(credential) } as const]),
    ...(key === undefined ? [] : [{ name: key, use: 'key', isBound: isBound(key) } as const]),
    ...headers.map(
      (header) => ({ name: header, use: 'header', isBound: isBound(header) }) as const,
    ),
  ];
}

function missingFlags(
  url: URL,
  {
    settings,
    rules,
  }: { readonly settings: ProviderSettings | undefined; readonly rules: HostRules },
): readonly string[] {
  const credential = cloudCredential(settings);
  const names = [...(credential === undefined ? [] : [credential]), ...namedVariables(settings)];
  const unbound = names.filter((name) => !rules.isBound(name, url));
  if (unbound.length > 0) return unbound.map((variable) => bindingFlag(url, variable, url.host));
  return rules.refusal(url) === undefined ? [] : [bindingFlag(url, undefined, url.host)];
}
