import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { isLoopback } from '../manifest/base-url.ts';
import { knownProviders, ownOrigins } from '../manifest/known-providers.ts';
import { runsInCi, type Environment } from '../ports/environment.ts';
import { addressKind } from './address-kind.ts';

/** The caller's permissions; a manifest cannot grant any. */
export interface HostPermissions {
  /** Variables for provider settings. */
  readonly environment: Environment;
  /**
   * Hosts besides the built-in providers' own that the manifest may send requests to, each
   * `HOST[:PORT][=VARIABLE]`; with a variable, its value may go there too. `VOLLEY_ALLOW_HOSTS` in
   * the environment adds hosts. Unless `CI` is set there, any port of this machine is allowed.
   */
  readonly allowHosts: readonly string[];
  /** Like `allowHosts`, for hosts reached without encryption. */
  readonly allowHttp?: readonly string[] | undefined;
  /**
   * The path of a file that may contain the keys. It is not read: messages about a missing key
   * mention it.
   */
  readonly keysFile?: string | undefined;
}

/** Which hosts may be called, and which variables may be sent to them. */
export interface HostRules extends Pick<HostPermissions, 'keysFile'> {
  /** Why this URL must not be called; undefined if it may be. */
  refusal(url: URL): HostRefusal | undefined;
  /** Whether the variable's value may be sent there. */
  isBound(variable: string, url: URL): boolean;
  /** The variables that the caller bound to the URL's host and port. */
  variablesFor(url: URL): readonly string[];
  /** Whether a connection to this name may use this address. */
  isAddressAllowed(hostname: string, address: string): boolean;
}

/**
 * `unknown`: not allowed. `port`: allowed only on another port. `loopback`: this machine, in CI.
 * `unencrypted`: plain `http:`.
 */
export type HostRefusal = 'unknown' | 'port' | 'loopback' | 'unencrypted';

interface Allowed {
  /** The entry as written in the flag, without the variable. */
  readonly written: string;
  readonly variable: string | undefined;
  readonly permitsHttp: boolean;
}

/** Throws a `VolleyError` (exit 2) for an entry that is not `HOST[:PORT][=VARIABLE]`. */
export function hostRules(permissions: HostPermissions): HostRules {
  const { environment, allowHosts, allowHttp = [] } = permissions;
  const allowed = [
    ...allowHosts.map((entry) => readEntry(entry, '--allow-host')),
    ...listed(environment['VOLLEY_ALLOW_HOSTS']).map((entry) =>
      readEntry(entry, 'VOLLEY_ALLOW_HOSTS'),
    ),
    ...allowHttp.map((entry) => readEntry(entry, '--allow-http')),
  ];
  const matching = (url: URL): readonly Allowed[] =>
    allowed.filter(({ written }) => hostIn(written, url.protocol) === url.host);
  const hostnames = new Set(allowed.map(({ written }) => new URL(`https://${written}`).hostname));

  return {
    keysFile: permissions.keysFile,
    refusal(url) {
      const entries = matching(url);
      const isHere = isLoopback(url.hostname);
      if (entries.length === 0) {
        if (isHere) return runsInCi(environment) ? 'loopback' : undefined;
        if (OWN_ORIGINS.has(url.origin)) return undefined;
        return hostnames.has(url.hostname) ? 'port' : 'unknown';
      }
      const isPlain = url.protocol === 'http:' && !isHere;
      return isPlain && !entries.some(({ permitsHttp }) => permitsHttp) ? 'unencrypted' : undefined;
    },
    isBound: (variable, url) =>
      isOwnKey(variable, url) || matching(url).some((entry) => entry.variable === variable),
    variablesFor: (url) => [...new Set(matching(url).flatMap(({ variable }) => variable ?? []))],
    isAddressAllowed(hostname, address) {
      const kind = addressKind(address);
      if (isLoopback(hostname)) return kind === 'loopback';
      if (kind === 'public') return true;
      if (hostnames.has(addressAsHost(address))) return true;
      if (kind === 'loopback') return hostnames.has('localhost');
      return kind === 'private' && hostnames.has(hostname);
    },
  };
}

/** Whether this is a built-in provider's own host, where its key is required. */
export function isOwnHost(url: URL): boolean {
  return OWN_ORIGINS.has(url.origin);
}

const OWN_ORIGINS: ReadonlySet<string> = new Set([...knownProviders.values()].flatMap(ownOrigins));

/**
 * Whether the variable is a built-in provider's own and the URL is on one of that provider's hosts.
 */
function isOwnKey(variable: string, url: URL): boolean {
  return [...knownProviders.values()].some(
    (known) => known.apiKeyEnv === variable && ownOrigins(known).includes(url.origin),
  );
}

function readEntry(entry: string, source: '--allow-host' | '--allow-http' | 'VOLLEY_ALLOW_HOSTS') {
  const [, written = '', variable] = /^([^=]*)(?:=(.*))?$/su.exec(entry.trim()) ?? [];
  const isVariable = variable === undefined || /^[A-Za-z_][A-Za-z0-9_]*$/u.test(variable);
  if (!isHostAndPort(written) || !isVariable) {
    const meant = URL.parse(written)?.host ?? '';
    throw new VolleyError(`\`${entry.slice(0, 200)}\` in ${source} is not a host`, {
      exitCode: EXIT.usage,
      hint:
        meant !== '' && isHostAndPort(meant) && isVariable
          ? `write \`${meant}${variable === undefined ? '' : `=${variable}`}\``
          : 'write `HOST`, `HOST:PORT`, or `HOST:PORT=VARIABLE` to send the key in that variable there too; there are no wildcards',
    });
  }
  return { written, variable, permitsHttp: source === '--allow-http' } satisfies Allowed;
}

function isHostAndPort(written: string): boolean {
  return (
    /^(?:[\p{L}\p{N}._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/iu.test(written) &&
    URL.canParse(`https://${written}`)
  );
}

/** Host and port as in a URL, without the scheme's default port. */
function hostIn(written: string, protocol: string): string {
  return new URL(`${protocol}//${written}`).host;
}

function addressAsHost(address: string): string {
  const [bare = ''] = address.split('%', 1);
  return new URL(`https://${bare.includes(':') ? `[${bare}]` : bare}`).hostname;
}

function listed(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
