import type { ProviderSettings } from './manifest.ts';
import { namedEntries, stringOf, type ReadContext } from './read-values.ts';
import { shown } from './secrets.ts';
import { child, type MapEntry, type SourceNode } from './source-node.ts';

/**
 * What a provider's entry adds to each request: headers and parts of the address. Neither may take the
 * place of what Volley writes, carry a key in plain text, or send the request somewhere else.
 */
export function buildHeaders(
  provider: SourceNode,
  context: ReadContext,
): Pick<ProviderSettings, 'headers' | 'headersEnv' | 'query'> {
  const headers = ownEntries(child(provider, 'headers'));
  const fromVariables = ownEntries(child(provider, 'headers_env'));
  const query = namedEntries(child(provider, 'query'));
  const noKey = stringOf(child(provider, 'auth')) === 'none';
  for (const each of headers) {
    checkName(
      each,
      { kind: 'header', refused: headerRefusal(each.key, { isVariable: false }) },
      context,
    );
  }
  for (const each of fromVariables) {
    const refused =
      noKey && isKeyHeader(each.key) ? undefined : headerRefusal(each.key, { isVariable: true });
    checkName(each, { kind: 'header', refused }, context);
    if (headers.some(({ key }) => key.toLowerCase() === each.key.toLowerCase())) {
      context.report.error(context.source.keyPlace(each), {
        code: 'BAD_VALUE',
        message: `the header \`${shown(each.key)}\` is given twice`,
        hint: 'keep it in `headers` or in `headers_env`',
      });
    }
  }
  for (const each of query) {
    const refused = SECRET_NAME.test(each.key) ? 'a key never stands in an address' : undefined;
    checkName(each, { kind: 'parameter', refused }, context);
  }
  return {
    headers: textsOf(headers, (name) => name.toLowerCase()),
    headersEnv: textsOf(fromVariables, (name) => name.toLowerCase()),
    query: textsOf(query, (name) => name),
  };
}

/** Written by Volley, or by what carries the request. */
const WRITTEN_BY_VOLLEY = new Set([
  'accept',
  'accept-encoding',
  'anthropic-version',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const KEY_HEADERS = new Set(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']);

/** What names a secret; such a value belongs in a variable. */
const SECRET_NAME = /auth|key|token|secret|passw|credential|cookie|session|signature|^sig$/i;

/** By these, proxies and gateways send a request on to another place or as another kind. */
const STEERING_NAME =
  /^(?:forwarded|via)$|forward|host|proxy|url|uri|target|upstream|endpoint|backend|override|rewrite|redirect/i;

function isKeyHeader(name: string): boolean {
  return KEY_HEADERS.has(name.toLowerCase());
}

function headerRefusal(
  name: string,
  { isVariable }: { readonly isVariable: boolean },
): string | undefined {
  const lower = name.toLowerCase();
  if (lower === 'anthropic-version') return 'it is set by `api_version`';
  if (WRITTEN_BY_VOLLEY.has(lower)) return 'Volley writes it itself';
  if (isKeyHeader(lower)) return 'the key is named by `api_key_env`, and its header by `auth`';
  if (STEERING_NAME.test(lower))
    return 'it may send the request, and the key with it, somewhere else';
  if (!isVariable && SECRET_NAME.test(lower)) {
    return 'its value may be a secret: name a variable in `headers_env`';
  }
  return undefined;
}

function checkName(
  each: MapEntry,
  {
    kind,
    refused,
  }: { readonly kind: 'header' | 'parameter'; readonly refused: string | undefined },
  { source, report }: ReadContext,
): void {
  if (refused === undefined) return;
  report.error(source.keyPlace(each), {
    code: 'BAD_VALUE',
    message: `the ${kind} \`${shown(each.key)}\` cannot be set: ${refused}`,
    hint:
      kind === 'header'
        ? 'leave it out, or follow the reason above'
        : 'name the key in `api_key_env`',
  });
}

function ownEntries(node: SourceNode | undefined): readonly MapEntry[] {
  return node?.kind === 'map' ? node.entries : [];
}

function textsOf(
  entries: readonly MapEntry[],
  nameOf: (key: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entries.flatMap(({ key, value }) => {
      const text = stringOf(value);
      return text === undefined ? [] : [[nameOf(key), text]];
    }),
  );
}
