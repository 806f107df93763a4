import type { Environment } from '../ports/environment.ts';

/** How hosts that are not on this machine are reached. Empty texts: directly. */
export interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/** `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, lower case first. As elsewhere, `host:port` will do. */
export function proxiesIn(environment: Environment): Proxies {
  return {
    httpProxy: withScheme(valueOf(environment, 'HTTP_PROXY')),
    httpsProxy: withScheme(valueOf(environment, 'HTTPS_PROXY')),
    noProxy: valueOf(environment, 'NO_PROXY'),
  };
}

/** What is wrong with a variable that names a proxy. Its value is not repeated: it may hold a password. */
export function proxyProblem(
  environment: Environment,
): { readonly message: string; readonly hint: string } | undefined {
  const { httpProxy, httpsProxy } = proxiesIn(environment);
  for (const [name, text] of [
    ['HTTPS_PROXY', httpsProxy],
    ['HTTP_PROXY', httpProxy],
  ] as const) {
    if (text === '' || isProxyUrl(text)) continue;
    return {
      message: `the variable \`${name}\` is not the address of a proxy`,
      hint: 'write it as `http://host:port`, or `http://user:password@host:port`; unset it to do without',
    };
  }
  return undefined;
}

/** Passwords of proxies: what a text must not show. */
export function proxySecrets(environment: Environment): readonly string[] {
  const { httpProxy, httpsProxy } = proxiesIn(environment);
  return [httpProxy, httpsProxy].flatMap((text) => {
    const password = URL.canParse(text) ? new URL(text).password : '';
    return password === '' ? [] : [password, decoded(password)];
  });
}

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
