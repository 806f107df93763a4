import type { FindingWords } from './collect-findings.ts';
import { shown } from './recognize-secrets.ts';

/** The syntax error in a `base_url`, if any. Whether Volley may call the host is checked later. */
export function baseUrlProblem(text: string): FindingWords | undefined {
  if (/\$\{?[A-Za-z_]/.test(text) || text.includes('{{')) {
    return bad(
      '`base_url` does not expand variables',
      'set `base_url_env` to the name of a variable instead',
    );
  }
  // The URL parser would silently repair `https:/x`, `\` and tabs. Refuse them instead of guessing.
  const parsed =
    /^https?:\/\/[^\s\\/]/i.test(text) && !/[\s\\\p{C}]/u.test(text) ? urlOf(text) : null;
  if (!parsed) {
    return bad(`\`${shown(text)}\` is not a URL`, schemeHint(text));
  }
  if (parsed.username !== '' || parsed.password !== '' || /^https?:\/\/[^/?#]*@/i.test(text)) {
    return bad(
      'a `base_url` must not contain a user name or password',
      'set `api_key_env` to the name of the variable that holds the key',
    );
  }
  if (/[?#]/.test(text)) {
    return bad(`\`${shown(text)}\` has a query or fragment`, 'end it with the path, such as `/v1`');
  }
  // Refuse other characters: hosts do not contain them, and a later hint puts the host in a
  // command.
  if (!/^(?:[a-z0-9._-]+|\[[0-9a-f:]+\])$/.test(parsed.hostname)) {
    return bad(`\`${shown(text)}\` has no host`, 'for example, write `https://llm.example.com/v1`');
  }
  const [end] = ENDPOINT.exec(text) ?? [];
  if (end !== undefined) {
    return bad(
      `\`${shown(text)}\` ends in \`${end.replace(/\/$/, '')}\`, which Volley adds itself`,
      `write \`${shown(text.replace(ENDPOINT, ''))}\``,
    );
  }
  return undefined;
}

/** Users copy these endings from vendors' examples, which show the URL of a whole request. */
const ENDPOINT = /\/(?:chat\/completions|(?:v1\/)?messages|responses)\/?$/;

/** If the address lacks only a scheme, suggests the same address with a scheme. */
function schemeHint(text: string): string {
  const isHost =
    /^(?:\[[0-9a-f:]+\]|localhost|[a-z0-9_-]+(?:\.[a-z0-9_-]+)+)(?::\d+)?(?:\/[\w./-]*)?$/;
  const url = isHost.test(text) && shown(text) === text ? urlOf(`http://${text}`) : null;
  if (!url) return 'for example, write `https://llm.example.com/v1`';
  const scheme = isLoopback(url.hostname) ? 'http' : 'https';
  const path = text.includes('/') ? '' : '/v1';
  return `write \`${scheme}://${text.replace(/\/$/, '').replace(ENDPOINT, '')}${path}\``;
}

/** `localhost`, `127.0.0.0/8` and `[::1]`, as the URL parser writes them. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function bad(message: string, hint: string): FindingWords {
  return { code: 'BAD_URL', message, hint };
}
