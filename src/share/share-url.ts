import { EXIT, VolleyError } from '../errors/volley-error.ts';

/** The Redis that runs share, and how to log in. */
export interface ShareAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  /** A secret. */
  readonly password: string | undefined;
  readonly database: number;
  readonly isEncrypted: boolean;
  /** For messages: without user and password. */
  readonly shown: string;
}

const SCHEMES: Readonly<Record<string, { readonly isEncrypted: boolean }>> = {
  'redis:': { isEncrypted: false },
  'valkey:': { isEncrypted: false },
  'rediss:': { isEncrypted: true },
  'valkeys:': { isEncrypted: true },
};

/** Reads `redis://user:password@host:6379/0`. Never prints a bad URL: it may hold a password. */
export function readShareUrl(text: string): ShareAddress {
  const url = URL.parse(text);
  if (!url) throw refused('is not a URL');
  const scheme = SCHEMES[url.protocol];
  if (!scheme) throw refused(`begins with \`${url.protocol}//\``);
  if (url.hostname === '') throw refused('has no host');
  const [, digits = '0'] = /^\/(\d{1,4})$/.exec(url.pathname) ?? [];
  if (!['', '/', `/${digits}`].includes(url.pathname))
    throw refused('has a path that is not a number');
  if (url.search !== '' || url.hash !== '') throw refused('has a query or a fragment');
  const port = url.port === '' ? 6379 : Number(url.port);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    username: decoded(url.username),
    password: decoded(url.password),
    database: Number(digits),
    isEncrypted: scheme.isEncrypted,
    shown: `${url.protocol}//${url.hostname}:${port}`,
  };
}

function decoded(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused('has a `%` in its user or password that is not written `%25`');
  }
}

function refused(why: string): VolleyError {
  return new VolleyError(`the URL of \`--share\` ${why}`, {
    exitCode: EXIT.usage,
    hint: 'for example, write `--share redis://localhost:6379`, or `rediss://USER:PASSWORD@HOST:6379`',
  });
}
