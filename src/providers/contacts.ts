import { cloudCredential } from '../manifest/cloud.ts';
import { knownProviders } from '../manifest/known-providers.ts';
import type { Manifest, ProviderSettings } from '../manifest/manifest.ts';
import { modelsOf } from '../manifest/task-models.ts';
import type { Finding } from '../errors/finding.ts';
import { addressOf } from './provider-address.ts';
import { bindingFlag, isPlain, namedVariables } from './host-problem.ts';
import { hostRules, type HostPermissions, type HostRules } from './host-rules.ts';

/** A host that a provider's tasks would contact, and what would be sent to it. */
export interface Contact {
  readonly provider: string;
  /** Null if the address is in a variable that is not set or not allowed. */
  readonly host: string | null;
  /** The variable with the address, if any. */
  readonly addressVariable: string | null;
  readonly variables: readonly ContactVariable[];
  /** Whether the current flags allow the host. */
  readonly isAllowed: boolean;
  /** Flags that a run needs in addition. Empty if the host is unknown. */
  readonly flags: readonly string[];
}

export interface ContactVariable {
  readonly name: string;
  /** `credentials`: those of a cloud; `name` is their name in `--allow-host`. */
  readonly use: 'key' | 'header' | 'credentials';
  /** Whether the current flags allow sending its value to the host. */
  readonly isBound: boolean;
}

/** The contacts of the providers that a manifest's tasks use, in task order. Nothing is sent. */
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

/** Problems with the addresses of a manifest's providers. */
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
