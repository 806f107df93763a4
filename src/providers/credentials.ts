import { isLoopback } from '../manifest/base-url.ts';
import { cloudCredential } from '../manifest/cloud.ts';
import { knownProviders } from '../manifest/known-providers.ts';
import { bindingFlag, namedVariables, type ProviderContext } from './host-problem.ts';
import { isOwnHost } from './host-rules.ts';

/** What variables add to the requests to one provider. */
export interface Credentials {
  readonly key: string | undefined;
  readonly keyVariable: string | undefined;
  /** A ready-made provider's variable that is set but not bound to this host. */
  readonly withheldVariable: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

type Found =
  | { readonly ok: true; readonly credentials: Credentials }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/**
 * The values of the variables that a provider's entry names, each only where it is bound to the host:
 * one that is set but not bound is refused with the flag that binds it. A ready-made provider's
 * variable that the entry does not name is left out instead.
 */
export function credentialsFor(
  url: URL,
  { name, settings, environment, rules }: ProviderContext,
): Found {
  const valueOf = (variable: string): string => environment[variable] ?? '';
  const unbound = namedVariables(settings).filter(
    (variable) => valueOf(variable) !== '' && !rules.isBound(variable, url),
  );
  if (unbound.length > 0) return notBound(unbound, url);
  const credential = cloudCredential(settings);
  if (credential !== undefined && !rules.isBound(credential, url)) {
    return {
      ok: false,
      message: `your ${CREDENTIAL_NAMES[credential]} credentials may not be used for \`${url.host}\`: they are not bound to it`,
      hint: `if they may be used there, add ${bindingFlag(url, credential, url.host)}`,
    };
  }
  const headers: Record<string, string> = {};
  for (const [header, variable] of Object.entries(settings?.headersEnv ?? {})) {
    const value = valueOf(variable);
    if (value === '')
      return notSet(`no value for the header \`${header}\` of \`${name}\``, variable);
    if (!/^[\u0020-\u007e]+$/u.test(value)) return notSendable(`the value of \`${variable}\``);
    headers[header] = value;
  }
  const secrets = Object.values(headers);
  const without: Credentials = {
    key: undefined,
    keyVariable: undefined,
    withheldVariable: undefined,
    headers,
    secrets,
  };
  const variable =
    settings?.auth === 'none' || credential !== undefined
      ? undefined
      : (settings?.apiKeyEnv ?? knownProviders.get(name)?.apiKeyEnv);
  if (variable === undefined) return { ok: true, credentials: without };
  const key = valueOf(variable);
  const isBound = rules.isBound(variable, url);
  if (key === '') {
    // Servers on this machine, and others where no key was bound, may do without.
    const isNeeded = (isBound && !isLoopback(url.hostname)) || isOwnHost(url);
    return isNeeded
      ? notSet(`no key for \`${name}\``, variable)
      : { ok: true, credentials: without };
  }
  if (!isBound) return { ok: true, credentials: { ...without, withheldVariable: variable } };
  if (!/^[\u0021-\u007e]+$/u.test(key)) return notSendable(`the key in \`${variable}\``);
  return {
    ok: true,
    credentials: { ...without, key, keyVariable: variable, secrets: [key, ...secrets] },
  };
}

const CREDENTIAL_NAMES = { aws: 'AWS', azure: 'Azure', gcp: 'Google Cloud' } as const;

function notBound(variables: readonly string[], url: URL): Found {
  const names = variables.map((variable) => `\`${variable}\``).join(' and ');
  const flags = variables.map((variable) => bindingFlag(url, variable, url.host)).join(' ');
  return {
    ok: false,
    message: `${names} may not be sent to \`${url.host}\`: ${variables.length === 1 ? 'it is' : 'they are'} not bound to it`,
    hint: `if ${variables.length === 1 ? 'it' : 'they'} may go there, add ${flags}`,
  };
}

function notSet(what: string, variable: string): Found {
  return {
    ok: false,
    message: `${what}: \`${variable}\` is not set`,
    hint: `set it: export ${variable}=…`,
  };
}

function notSendable(what: string): Found {
  return {
    ok: false,
    message: `${what} holds a character that no key has, such as a space or a line break`,
    hint: 'set the variable to the bare key, without quotes and without a newline at its end',
  };
}
