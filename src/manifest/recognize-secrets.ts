export interface FoundSecret {
  readonly start: number;
  readonly end: number;
  /** For example `Anthropic API key`. */
  readonly kind: string;
}

/** Finds credentials by their vendors' prefixes, in linear time. */
export function findSecrets(text: string): readonly FoundSecret[] {
  return [...text.matchAll(ANY)].flatMap(({ index: start, 0: written, groups = {} }) => {
    const place = Object.values(groups).findIndex((found) => found !== undefined);
    const { kind = 'credential', vendor } = CREDENTIALS[place] ?? {};
    const isWords = vendor === 'openai' && !/\d/.test(written);
    return isWords ? [] : [{ start, end: start + written.length, kind }];
  });
}

/** Replaces credentials with stars. Offsets stay the same. */
export function maskSecrets(text: string): string {
  let masked = '';
  let at = 0;
  for (const { start, end } of findSecrets(text)) {
    masked += text.slice(at, start) + '*'.repeat(end - start);
    at = end;
  }
  return masked + text.slice(at);
}

/** A value for messages: without credentials, at most 60 characters, one line. */
export function shown(text: string): string {
  const [line = ''] = maskSecrets(text.slice(0, 300)).split('\n', 1);
  return line.length > 60 || line.length < text.trimEnd().length ? `${line.slice(0, 59)}…` : line;
}

interface Credential {
  readonly kind: string;
  readonly prefix: string;
  /**
   * Matches what follows the prefix. Lengths are slightly below the real ones, but rule out
   * `sk-test`.
   */
  readonly rest: string;
  /** The provider whose keys all have the prefix. */
  readonly vendor?: string;
}

/** Among similar prefixes, the longest comes first. */
const CREDENTIALS: readonly Credential[] = [
  { kind: 'Anthropic API key', prefix: 'sk-ant-', rest: '[\\w-]{16,}', vendor: 'anthropic' },
  { kind: 'OpenRouter API key', prefix: 'sk-or-', rest: '[\\w-]{17,}', vendor: 'openrouter' },
  { kind: 'OpenAI API key', prefix: 'sk-', rest: '[\\w-]{20,}', vendor: 'openai' },
  { kind: 'Groq API key', prefix: 'gsk_', rest: '[A-Za-z0-9]{20,}', vendor: 'groq' },
  { kind: 'xAI API key', prefix: 'xai-', rest: '[A-Za-z0-9]{20,}', vendor: 'xai' },
  { kind: 'Perplexity API key', prefix: 'pplx-', rest: '[A-Za-z0-9]{20,}', vendor: 'perplexity' },
  { kind: 'Google API key', prefix: 'AIza', rest: '[\\w-]{30,}' },
  { kind: 'AWS access key', prefix: 'A[KS]IA', rest: '[A-Z0-9]{16}(?![A-Za-z0-9])' },
  { kind: 'GitHub token', prefix: 'gh[pousr]_', rest: '[A-Za-z0-9]{20,}' },
  { kind: 'GitHub token', prefix: 'github_pat_', rest: '\\w{20,}' },
  { kind: 'GitLab token', prefix: 'glpat-', rest: '[\\w-]{20,}' },
  { kind: 'npm token', prefix: 'npm_', rest: '[A-Za-z0-9]{30,}' },
  { kind: 'Hugging Face token', prefix: 'hf_', rest: '[A-Za-z0-9]{20,}' },
  { kind: 'Slack token', prefix: 'xox[abprs]-', rest: '[A-Za-z0-9-]{20,}' },
  { kind: 'private key', prefix: '-----BEGIN ', rest: '[A-Z ]{0,30}PRIVATE KEY-----' },
];

/** At the start of a word, except for private keys. */
const ANY = new RegExp(
  `(?<![A-Za-z0-9_-](?!-----))(?:${CREDENTIALS.map(({ prefix, rest }, at) => `(?<k${at}>${prefix}${rest})`).join('|')})`,
  'g',
);

/** Whether a key has its provider's prefix; true if the prefix is unknown. */
export function looksLikeKeyOf(provider: string, key: string): boolean {
  const own = CREDENTIALS.find(({ vendor }) => vendor === provider);
  if (!own) return true;
  // A key with a longer prefix belongs to another vendor.
  return own === CREDENTIALS.find(({ vendor, prefix }) => vendor && key.startsWith(prefix));
}

/** Placeholders from documentation. */
export function isPlaceholder(key: string): boolean {
  return (
    key.length < 8 ||
    /^(?:<.*>|\$.*|(?:sk-)?(?:ant-)?(?:(?:your|my|insert|replace|change|paste|example|dummy)[-_].*|x{4,}|\.{3,}.*))$/iu.test(
      key,
    )
  );
}
