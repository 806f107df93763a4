import { cloudCredential } from '../manifest/cloud.ts';
import { knownProviders } from '../manifest/known-providers.ts';
import type { Manifest, ProviderSettings } from '../manifest/manifest.ts';
import { modelsOf } from '../manifest/task-models.ts';
import type { Finding } from '../errors/finding.ts';
import { addressOf, type Address } from './provider-address.ts';
import { bindingFlag, boundNames, isPlain } from './host-problem.ts';
import { hostRules, type HostPermissions, type HostRules } from './allowed-hosts.ts';

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
    const address = addressIn(name, settings, permissions);
    if (!address) return [];
    const isAllowed = address.ok && rules.refusal(address.url) === undefined;
    const isHidden = address.ok && address.variable !== undefined && !isAllowed;
    const url = address.ok && !isHidden ? address.url : undefined;
    return [
      {
        provider: name,
        host: url?.host ?? null,
        addressVariable: settings?.baseUrlEnv ?? null,
        variables: variablesOf(name, settings, (variable) => url && rules.isBound(variable, url)),
        isAllowed,
        flags: url ? missingFlags(url, settings, rules) : [],
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
  return [...manifest.providers].flatMap(([name, settings]): readonly Finding[] => {
    const address = addressIn(name, settings, permissions);
    const { place } = settings;
    if (!address) return [];
    if (!address.ok) {
      const { code, message, hint } = address;
      return [{ code, severity: 'error', message, hint, place }];
    }
    const { url } = address;
    if (address.variable !== undefined || !isPlain(url) || rules.refusal(url) === undefined)
      return [];
    const flags = missingFlags(url, settings, rules).join(' ');
    return [
      {
        code: 'BAD_URL',
        severity: 'error',
        message: `\`${url.origin}\` is not encrypted`,
        hint: `use \`https:\`, or, in a network that you trust, allow it: ${flags}`,
        place,
      },
    ];
  });
}

/** The provider's address; undefined if it does not have one, like a mock. */
function addressIn(
  name: string,
  settings: ProviderSettings | undefined,
  { environment }: HostPermissions,
): Address | undefined {
  const type = settings?.type ?? knownProviders.get(name)?.type;
  if (type === undefined || type === 'mock') return undefined;
  return addressOf({ name, type, settings, environment });
}

function variablesOf(
  name: string,
  settings: ProviderSettings | undefined,
  isBound: (variable: string) => boolean | undefined,
): readonly ContactVariable[] {
  const credential = cloudCredential(settings);
  const usesKey = settings?.auth !== 'none' && credential === undefined;
  const key = settings?.apiKeyEnv ?? knownProviders.get(name)?.apiKeyEnv;
  const found: ReadonlyArray<readonly [string | undefined, ContactVariable['use']]> = [
    [credential, 'credentials'],
    [usesKey ? key : undefined, 'key'],
    ...[...new Set(Object.values(settings?.headersEnv ?? {}))].map(
      (header) => [header, 'header'] as const,
    ),
  ];
  return found.flatMap(([variable, use]) =>
    variable === undefined ? [] : [{ name: variable, use, isBound: isBound(variable) === true }],
  );
}

function missingFlags(
  url: URL,
  settings: ProviderSettings | undefined,
  rules: HostRules,
): readonly string[] {
  const unbound = boundNames(settings).filter((name) => !rules.isBound(name, url));
  if (unbound.length > 0) return unbound.map((name) => bindingFlag(url, name, url.host));
  return rules.refusal(url) === undefined ? [] : [bindingFlag(url, undefined, url.host)];
}
