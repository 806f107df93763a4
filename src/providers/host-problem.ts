import { isLoopback } from '../manifest/base-url.ts';
import { cloudCredential } from '../manifest/cloud.ts';
import { knownProviders } from '../manifest/known-providers.ts';
import type { ProviderSettings } from '../manifest/manifest.ts';
import type { Environment } from '../ports/environment.ts';
import { addressKind } from './address-kind.ts';
import type { Address } from './provider-address.ts';
import type { HostRules } from './allowed-hosts.ts';

/** A provider, and what decides where its requests may be sent. */
export interface ProviderContext {
  readonly name: string;
  readonly settings: ProviderSettings | undefined;
  readonly environment: Environment;
  readonly rules: HostRules;
}

/** Why a provider's host must not be called, and the flags that allow it; undefined if it may. */
export function hostProblem(
  { url, variable }: Extract<Address, { readonly ok: true }>,
  { name, settings, environment, rules }: ProviderContext,
): { readonly message: string; readonly hint: string } | undefined {
  const refusal = rules.refusal(url);
  if (refusal === undefined) return undefined;
  // A variable may contain a secret, so the host in it is shown only once that host is allowed.
  const host = variable === undefined ? url.host : undefined;
  const source =
    variable !== undefined
      ? `the variable \`${variable}\``
      : settings?.cloud && settings.baseUrl === undefined
        ? `\`${name}\``
        : `\`base_url\` of \`${name}\``;
  const target = host === undefined ? 'a server' : `\`${host}\``;
  const message = {
    unknown: `${source} points to ${target}, which is not allowed`,
    port: `${source} points to ${target}, which is allowed only on another port`,
    loopback: `${source} points to ${target} on this machine; in CI, the command must allow that`,
    unencrypted: `${source} would send prompts unencrypted to ${target}`,
  }[refusal];
  const credential = cloudCredential(settings);
  const named = boundNames(settings);
  const flags = named.length > 0 ? named : [undefined];
  const toAdd = flags.map((each) => bindingFlag(url, each, host)).join(' ');
  const implied =
    named.length > 0 || settings?.cloud ? undefined : knownProviders.get(name)?.apiKeyEnv;
  const withKey =
    implied !== undefined && (environment[implied] ?? '') !== ''
      ? `; for the key in \`${implied}\` as well: ${bindingFlag(url, implied, host)}`
      : '';
  const isPrivate = addressKind(url.hostname.replace(/^\[|\]$/g, '')) === 'private';
  const start = isPlain(url)
    ? `${isPrivate ? '' : 'use `https:`, or, '}in a network that you trust, add`
    : `to send prompts${credential !== undefined ? ' and use your credentials' : named.length > 0 ? ' and key' : ''} there, add`;
  return { message, hint: `${start} ${toAdd}${withKey}` };
}

/** The variables whose values are sent for a provider's entry. */
export function namedVariables(settings: ProviderSettings | undefined): readonly string[] {
  const key = settings?.auth === 'none' ? undefined : settings?.apiKeyEnv;
  const named = [...(key === undefined ? [] : [key]), ...Object.values(settings?.headersEnv ?? {})];
  return [...new Set(named)];
}

/** What has to be bound to an entry's host: its cloud's credentials and its variables. */
export function boundNames(settings: ProviderSettings | undefined): readonly string[] {
  return [cloudCredential(settings) ?? [], namedVariables(settings)].flat();
}

/** The flag that allows a URL's host and binds a variable to it. */
export function bindingFlag(url: URL, variable?: string, host = 'HOST:PORT'): string {
  const flag = isPlain(url) ? '--allow-http' : '--allow-host';
  return `${flag} ${host}${variable === undefined ? '' : `=${variable}`}`;
}

/** Whether requests go unencrypted to another machine. */
export function isPlain(url: URL): boolean {
  return url.protocol === 'http:' && !isLoopback(url.hostname);
}
