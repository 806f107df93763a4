export interface FoundSecret {
  readonly start: number;
  readonly end: number;
  /** For example `Anthropic API key`. */
  readonly kind: string;
}

/** Finds credentials by their vendors' prefixes, in linear time. */
export function findSecrets(text: string): readonly FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const match of text.matchAll(SECRET)) {
    const start = match.index;
    const kind = KINDS.find(([prefix]) => text.startsWith(prefix, start))?.[1] ?? 'credential';
    const isWords = kind === 'OpenAI API key' && !/\d/.test(match[0]);
    if (!isWords) found.push({ start, end: start + match[0].length, kind });
  }
  return found;
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

/** Among similar prefixes, the longest comes first. */
const KINDS: ReadonlyArray<readonly [prefix: string, kind: string]> = [
  ['sk-ant-', 'Anthropic API key'],
  ['sk-or-', 'OpenRouter API key'],
  ['sk-', 'OpenAI API key'],
  ['gsk_', 'Groq API key'],
  ['xai-', 'xAI API key'],
  ['AIza', 'Google API key'],
  ['AKIA', 'AWS access key'],
  ['ASIA', 'AWS access key'],
  ['gh', 'GitHub token'],
  ['github_pat_', 'GitHub token'],
  ['glpat-', 'GitLab token'],
  ['npm_', 'npm token'],
  ['hf_', 'Hugging Face token'],
  ['pplx-', 'Perplexity API key'],
  ['xox', 'Slack token'],
  ['-----BEGIN', 'private key'],
];

/** Minimum lengths are slightly below the real ones, but rule out names such as `sk-test`. */
const SECRET = new RegExp(
  [
    String.raw`(?<![A-Za-z0-9_-])(?:` +
      [
        String.raw`sk-[A-Za-z0-9_-]{20,}`,
        String.raw`(?:gsk|hf)_[A-Za-z0-9]{20,}`,
        String.raw`(?:xai|pplx)-[A-Za-z0-9]{20,}`,
        String.raw`AIza[A-Za-z0-9_-]{30,}`,
        String.raw`A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])`,
        String.raw`gh[pousr]_[A-Za-z0-9]{20,}`,
        String.raw`github_pat_[A-Za-z0-9_]{20,}`,
        String.raw`glpat-[A-Za-z0-9_-]{20,}`,
        String.raw`npm_[A-Za-z0-9]{30,}`,
        String.raw`xox[abprs]-[A-Za-z0-9-]{20,}`,
      ].join('|') +
      ')',
    String.raw`-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----`,
  ].join('|'),
  'g',
);

/** The common prefix of each vendor's keys, if there is one. */
const PREFIXES: Readonly<Record<string, string>> = {
  anthropic: 'sk-ant-',
  openai: 'sk-',
  openrouter: 'sk-or-',
  groq: 'gsk_',
  xai: 'xai-',
  perplexity: 'pplx-',
};

/** Whether a key has its provider's prefix; true if the prefix is unknown. */
export function looksLikeKeyOf(provider: string, key: string): boolean {
  const prefix = PREFIXES[provider];
  if (prefix === undefined) return true;
  if (!key.startsWith(prefix)) return false;
  // A key with a longer prefix belongs to another vendor.
  return !Object.values(PREFIXES).some(
    (other) => other.length > prefix.length && other.startsWith(prefix) && key.startsWith(other),
  );
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
