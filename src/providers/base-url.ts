import { isLoopback } from '../manifest/base-url.ts';
import { knownProviders } from '../manifest/known-providers.ts';

export type ReadUrl =
  | {
      readonly ok: true;
      readonly url: URL;
      /** Where it stood, for messages. */
      readonly source: string;
    }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/**
 * Parses a base URL as browsers do, so that odd spellings (upper case, decimal addresses, backslashes,
 * international names) are judged as what they mean. The text itself is never repeated when it may
 * hold a password.
 */
export function readBaseUrl(text: string, source: string): ReadUrl {
  const hint = 'write it as `https://host/v1`; a server on this machine may use `http:`';
  if (!URL.canParse(text)) {
    return { ok: false, message: `${source} is no URL`, hint };
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return {
      ok: false,
      message: `${source} holds a user name or password`,
      hint: 'leave out what stands before the `@`, and name the variable that holds the key as `api_key_env`',
    };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { ok: false, message: `${source} is a \`${url.protocol}\` URL`, hint };
  }
  if (url.search !== '' || url.hash !== '') {
    return {
      ok: false,
      message: `${source} has a part behind \`?\` or \`#\``,
      hint: 'end it with the path',
    };
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return {
      ok: false,
      message: `${source} would send prompts unencrypted to \`${url.host}\``,
      hint: 'use `https:`; only servers on this machine may use `http:`',
    };
  }
  return { ok: true, url, source };
}

/** OpenAI's own API, regional hosts included. */
export function isOpenaiHost(host: string): boolean {
  return host === 'api.openai.com' || host.endsWith('.api.openai.com');
}

/**
 * Why requests may not go to this URL: it is remote, no ready-made provider's, and the caller has not
 * allowed it. With `onlyAllowed`, being loopback or ready-made is not enough.
 */
export function hostProblem(
  url: URL,
  options: {
    readonly source: string;
    readonly allowed: readonly string[];
    readonly onlyAllowed?: boolean;
  },
): { readonly message: string; readonly hint: string } | undefined {
  const { source, allowed, onlyAllowed = false } = options;
  if (!onlyAllowed && (isLoopback(url.hostname) || READY_MADE_ORIGINS.has(url.origin)))
    return undefined;
  if (allowed.some((entry) => matches(url, entry))) return undefined;
  return {
    message: `${source} leads to \`${url.host}\`, which nobody has allowed`,
    hint: `if prompts and key may go there: --allow-host ${url.host}, or VOLLEY_ALLOW_HOSTS=${url.host}`,
  };
}

const READY_MADE_ORIGINS: ReadonlySet<string> = new Set(
  [...knownProviders.values()]
    .filter((known) => known.loopback !== true)
    .map((known) => new URL(known.baseUrl).origin),
);

/**
 * `host` allows the scheme's usual port, `host:port` that port. Both sides go through the URL parser;
 * whatever is more than a host and a port allows nothing.
 */
function matches(url: URL, entry: string): boolean {
  const written = `${url.protocol}//${entry}`;
  if (/[/\\@?#\s]/u.test(entry) || !URL.canParse(written)) return false;
  return new URL(written).host === url.host;
}
