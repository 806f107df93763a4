import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../manifest/base-url.ts';
import type { Environment } from '../ports/environment.ts';
import type { ProxyName } from './connection-problem.ts';

export interface Proxy {
  readonly url: URL;
  readonly name: ProxyName;
}

/**
 * The proxy for requests to `url`: from `HTTPS_PROXY` or `HTTP_PROXY` (either for `https`), unless
 * `NO_PROXY` lists the host. Undefined if there is none, and always for this machine. Lower-case
 * names take precedence. A value may be just `host:port`.
 */
export function proxyFor(url: URL, environment: Environment): Proxy | undefined {
  if (isLoopback(url.hostname)) return undefined;
  const variables = url.protocol === 'https:' ? ['HTTPS_PROXY', 'HTTP_PROXY'] : ['HTTP_PROXY'];
  const variable = variables.find((name) => valueOf(environment, name) !== '');
  if (variable === undefined || isExempt(url, valueOf(environment, 'NO_PROXY'))) return undefined;
  const address = new URL(withScheme(valueOf(environment, variable)));
  return { url: address, name: { host: address.host, variable } };
}

/** `NO_PROXY`: `*`, hosts with their subdomains, optionally with a port, addresses, CIDR blocks. */
function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.replaceAll(/^\[|\]$/gu, '').toLowerCase();
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return list
    .toLowerCase()
    .split(/[,\s]+/u)
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return isWithin(host, entry);
      const [, name = entry, only] = /^(.+?):(\d+)$/u.exec(entry) ?? [];
      const bare = name.replaceAll(/^\*?\.|^\[|\]$/gu, '');
      if (bare === '' || (only !== undefined && only !== port)) return false;
      return host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`));
    });
}

/** Whether a host is in a block such as `10.0.0.0/8`. */
function isWithin(host: string, block: string): boolean {
  const [net = '', bits = ''] = block.split('/');
  const family = isIP(host) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(host) === 0 || isIP(net) !== isIP(host) || !/^\d{1,3}$/u.test(bits)) return false;
  if (Number(bits) > (family === 'ipv6' ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(net, Number(bits), family);
  return list.check(host, family);
}

/** The problem with a proxy variable. Its value is not repeated: it may contain a password. */
export function proxyProblem(
  environment: Environment,
): { readonly message: string; readonly hint: string } | undefined {
  for (const name of VARIABLES) {
    const text = withScheme(valueOf(environment, name));
    if (text === '' || isProxyUrl(text)) continue;
    return {
      message: `the variable \`${name}\` is not the address of a proxy`,
      hint: 'write it as `http://host:port`, or `http://user:password@host:port`; unset it for no proxy',
    };
  }
  return undefined;
}

/** The proxies in use, without passwords. */
export function proxyVariables(
  environment: Environment,
): ReadonlyArray<{ readonly variable: string; readonly host: string }> {
  return VARIABLES.flatMap((variable) => {
    const text = withScheme(valueOf(environment, variable));
    return isProxyUrl(text) ? [{ variable, host: new URL(text).host }] : [];
  });
}

/** Passwords of proxies, for redaction. */
export function proxySecrets(environment: Environment): readonly string[] {
  return VARIABLES.flatMap((name) => {
    const text = withScheme(valueOf(environment, name));
    const password = URL.canParse(text) ? new URL(text).password : '';
    return password === '' ? [] : [password, decoded(password)];
  });
}

const VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY'] as const;

function valueOf(environment: Environment, name: string): string {
  return environment[name.toLowerCase()] ?? environment[name] ?? '';
}

function withScheme(text: string): string {
  return text === '' || text.includes('://') ? text : `http://${text}`;
}

function isProxyUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
