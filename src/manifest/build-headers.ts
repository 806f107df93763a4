import type { ProviderSettings } from './manifest.ts';
import { shown } from './recognize-secrets.ts';
import { wordSet } from './word-set.ts';
import type { Written } from './written-value.ts';

/**
 * The headers and query parameters that a provider's entry adds to each request. They must not
 * replace what Volley writes, hold a key in plain text, or redirect the request.
 */
export function buildHeaders(
  provider: Written,
): Pick<ProviderSettings, 'headers' | 'headersEnv' | 'query'> {
  // Keys that begin with `x-` are included, because header names may begin like that.
  const headers = provider.get('headers').entries;
  const fromVariables = provider.get('headers_env').entries;
  const query = provider.get('query').named;
  const noKey = provider.get('auth').string === 'none';
  for (const each of headers) {
    const refusal = headerRefusal(each.key, { mayHoldSecret: false, mayHoldKey: false });
    if (refusal) refuse('header', each, refusal);
  }
  for (const each of fromVariables) {
    const refusal = headerRefusal(each.key, { mayHoldSecret: true, mayHoldKey: noKey });
    if (refusal) refuse('header', each, refusal);
    if (headers.some(({ key }) => key.toLowerCase() === each.key.toLowerCase())) {
      const message = `the header \`${shown(each.key)}\` appears twice`;
      each.keyError({ message, hint: 'keep it in `headers` or in `headers_env`' });
    }
  }
  for (const each of query) {
    if (!SECRET_NAME.test(each.key)) continue;
    refuse('parameter', each, ['a key must never appear in a URL', NAME_THE_KEY]);
  }
  return {
    headers: withLowerNames(stringsIn(headers)),
    headersEnv: withLowerNames(stringsIn(fromVariables)),
    query: stringsIn(query),
  };
}

/**
 * Filters headers given outside the manifest. Drops those that a manifest is not allowed to set.
 */
export function withoutRefused(
  headers: Readonly<Record<string, string>>,
  may: { readonly mayHoldSecret: boolean; readonly mayHoldKey: boolean },
): Readonly<Record<string, string>> {
  const names = Object.keys(headers).filter(
    (name) => HEADER_NAME.test(name) && !headerRefusal(name, may),
  );
  return Object.fromEntries(names.map((name) => [name, headers[name] ?? '']));
}

const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/** Headers that Volley or the HTTP client sets. */
const WRITTEN_BY_VOLLEY = wordSet(`
  accept accept-encoding anthropic-version connection content-encoding content-length content-type
  expect host keep-alive proxy-connection te trailer transfer-encoding upgrade
`);

const KEY_HEADERS = wordSet('authorization x-api-key api-key x-goog-api-key');

/** Headers with such names hold secrets, which belong in environment variables. */
const SECRET_NAME = /auth|key|token|secret|passw|credential|cookie|session|signature|^sig$/i;

/** Proxies and gateways use these to route or rewrite a request. */
const STEERING_NAME =
  /^(?:forwarded|via)$|forward|host|proxy|url|uri|target|upstream|endpoint|backend|override|rewrite|redirect/i;

type Refusal = readonly [why: string, hint: string];

const NAME_THE_KEY = 'set `api_key_env` to the name of the variable that holds the key';

function headerRefusal(
  name: string,
  { mayHoldSecret, mayHoldKey }: { readonly mayHoldSecret: boolean; readonly mayHoldKey: boolean },
): Refusal | undefined {
  const lower = name.toLowerCase();
  if (lower === 'anthropic-version') return ['Volley writes it itself', 'set `api_version`'];
  if (WRITTEN_BY_VOLLEY.has(lower)) return ['Volley writes it itself', 'delete it'];
  if (KEY_HEADERS.has(lower)) {
    if (mayHoldKey) return undefined;
    return ['it carries the key', `${NAME_THE_KEY}, and choose its header with \`auth\``];
  }
  if (STEERING_NAME.test(lower)) {
    const why = 'it could send the request, and the key with it, somewhere else';
    return [why, 'delete it, and set `base_url` to the server itself'];
  }
  if (mayHoldSecret || !SECRET_NAME.test(lower)) return undefined;
  return [
    'its value may be a secret',
    'use `headers_env` with the name of the variable that holds the value',
  ];
}

function refuse(kind: 'header' | 'parameter', each: Written, [why, hint]: Refusal): void {
  each.keyError({ message: `the ${kind} \`${shown(each.key)}\` cannot be set: ${why}`, hint });
}

function stringsIn(entries: readonly Written[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entries.flatMap(({ key, string }) => (string === undefined ? [] : [[key, string]])),
  );
}

function withLowerNames(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text]),
  );
}
