import { isLoopback } from '../manifest/base-url.ts';
import { cloudCredential } from '../manifest/cloud.ts';
import { knownProviders } from '../manifest/known-providers.ts';
import type { Environment } from '../ports/environment.ts';
import { bindingFlag, namedVariables, type ProviderContext } from './host-problem.ts';
import { isOwnHost } from './allowed-hosts.ts';

/** What environment variables add to the requests to a provider. */
export interface Credentials {
  /** Undefined if no key is sent. */
  readonly key: string | undefined;
  readonly keyVariable: string | undefined;
  /** A built-in provider's variable that is set but not bound to this host. */
  readonly withheldVariable: string | undefined;
  /** The entry's own `api_key_env` if that variable is not set. */
  readonly unsetVariable: string | undefined;
  /** What to do if the server requires a key; undefined if a key is sent. */
  readonly keyHint: string | undefined;
  /** Sent with each request; lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The key and the headers from variables, for redaction. */
  readonly secrets: readonly string[];
}

type Found =
  | { readonly ok: true; readonly credentials: Partial<Credentials> }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/**
 * The values of the variables in a provider's entry. A variable that is set but not bound to the
 * host is refused, with the flag that binds it; the variable of a built-in provider that the entry
 * does not name is just left out.
 */
export function credentialsFor(url: URL, context: ProviderContext): Found {
  const { name, settings, environment, rules } = context;
  const valueOf = (variable: string): string => environment[variable] ?? '';
  const unbound = namedVariables(settings).filter(
    (variable) => valueOf(variable) !== '' && !rules.isBound(variable, url),
  );
  if (unbound.length > 0) return notBound(unbound, url);
  const credential = cloudCredential(settings);
  if (credential !== undefined && !rules.isBound(credential, url)) {
    return refused(
      `your ${CREDENTIAL_NAMES[credential]} credentials must not be used for \`${url.host}\`: they are not bound to it`,
      `to allow that, add ${bindingFlag(url, credential, url.host)}`,
    );
  }
  const headers: Record<string, string> = {};
  for (const [header, variable] of Object.entries(settings?.headersEnv ?? {})) {
    const value = valueOf(variable);
    if (value === '')
      return refused(
        `no value for the header \`${header}\` of \`${name}\`: ${unsetWords(variable, environment)}`,
        howToSet(variable, context),
      );
    if (!/^[\u0020-\u007e]+$/u.test(value)) return notSendable(`the value of \`${variable}\``);
    headers[header] = value;
  }
  const secrets = Object.values(headers);
  if (settings?.auth === 'none' || credential !== undefined)
    return { ok: true, credentials: { headers, secrets } };
  const variable = settings?.apiKeyEnv ?? knownProviders.get(name)?.apiKeyEnv;
  const key = variable === undefined ? '' : valueOf(variable);
  if (variable === undefined || key === '' || !rules.isBound(variable, url)) {
    const keyless = {
      headers,
      secrets,
      withheldVariable: key === '' ? undefined : variable,
      unsetVariable: key === '' ? settings?.apiKeyEnv : undefined,
      keyHint: keyHintFor(url, variable, context),
    };
    return missingKey(url, variable, context) ?? { ok: true, credentials: keyless };
  }
  if (!/^[\u0021-\u007e]+$/u.test(key)) return notSendable(`the key in \`${variable}\``);
  return {
    ok: true,
    credentials: { headers, key, keyVariable: variable, secrets: [key, ...secrets] },
  };
}

export const CREDENTIAL_NAMES = { aws: 'AWS', azure: 'Azure', gcp: 'Google Cloud' } as const;

function notBound(variables: readonly string[], url: URL): Found {
  const names = variables.map((variable) => `\`${variable}\``).join(' and ');
  const flags = variables.map((variable) => bindingFlag(url, variable, url.host)).join(' ');
  return refused(
    `${names} must not be sent to \`${url.host}\`: ${variables.length === 1 ? 'it is' : 'they are'} not bound to it`,
    `to allow that, add ${flags}`,
  );
}

/** If a variable is bound to a host, its value is required there: without it, nothing is sent. */
function missingKey(
  url: URL,
  variable: string | undefined,
  context: ProviderContext,
): Found | undefined {
  const { name, environment, rules } = context;
  const isSet = (each: string): boolean => (environment[each] ?? '') !== '';
  const isUnset = variable !== undefined && !isSet(variable);
  if (isUnset && (rules.isBound(variable, url) || isOwnHost(url))) {
    const without = isLoopback(url.hostname)
      ? `; if the server does not need a key, write ${bindingFlag(url, undefined, url.host)}`
      : '';
    return refused(
      `no key for \`${name}\`: ${unsetWords(variable, environment)}`,
      `${howToSet(variable, context)}${without}`,
    );
  }
  const bound = rules.variablesFor(url).filter((each) => !Object.hasOwn(CREDENTIAL_NAMES, each));
  const [first] = bound;
  if (first === undefined || bound.some(isSet)) return undefined;
  if (context.settings?.apiKeyEnv === undefined || !isUnset) {
    return refused(
      `\`${first}\`, which is bound to \`${url.host}\`, is ${emptiness(first, environment)}`,
      howToSet(first, context),
    );
  }
  return refused(
    `no key for \`${name}\`: ${unsetWords(variable, environment)}, nor is \`${first}\`, which is bound to \`${url.host}\``,
    `set it: ${setAndBind(variable, bindingFlag(url, variable, url.host))}`,
  );
}

function keyHintFor(
  url: URL,
  variable: string | undefined,
  { name, settings, environment }: ProviderContext,
): string {
  const flag = bindingFlag(url, variable ?? 'VARIABLE', url.host);
  if (variable === undefined)
    return `this server requires a key: add ${flag}, and in a manifest also \`api_key_env: VARIABLE\` for \`${name}\``;
  if ((environment[variable] ?? '') !== '')
    return `the key in \`${variable}\` is only sent to its own host; to allow this one, add ${flag}`;
  return settings?.apiKeyEnv === undefined
    ? `this server requires a key: ${setAndBind(variable, flag)}`
    : `\`${variable}\`, the \`api_key_env\` of \`${name}\`, is ${emptiness(variable, environment)}: ${setAndBind(variable, flag)}`;
}

/** In CI, a secret that the job is not allowed to read appears as an empty variable. */
function emptiness(variable: string, environment: Environment): string {
  return environment[variable] === undefined ? 'not set' : 'set, but empty';
}

function unsetWords(variable: string, environment: Environment): string {
  return `\`${variable}\` is ${emptiness(variable, environment)}`;
}

function howToSet(
  variable: string,
  { environment, rules: { keysFile } }: Pick<ProviderContext, 'environment' | 'rules'>,
): string {
  const set = `set it: export ${variable}=…`;
  if (environment[variable] !== undefined)
    return `${set}; in CI, check that the secret exists and that this job can read it`;
  // For example, finds `OPENAI_KEY` if `OPENAI_API_KEY` is not set.
  const [vendor = ''] = variable.split('_', 1);
  const near = Object.keys(environment).find(
    (name) => name.startsWith(`${vendor}_`) && /_(?:KEY|TOKEN)$/.test(name) && environment[name],
  );
  if (near !== undefined) return `${set}, or rename \`${near}\`, which is set`;
  return keysFile === undefined ? set : `${set}, or add --keys-file ${keysFile}`;
}

function setAndBind(variable: string, flag: string): string {
  return `export ${variable}=…, and add ${flag}`;
}

function refused(message: string, hint: string): Found {
  return { ok: false, message, hint };
}

function notSendable(what: string): Found {
  return refused(
    `${what} contains a character that keys never have, such as a space or a line break`,
    'set the variable to the bare key, without quotes or a trailing newline',
  );
}
