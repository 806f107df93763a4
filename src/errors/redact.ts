/** Takes secrets out of a text. */
export type Redactor = (text: string) => string;

const MASK = '[redacted]';

/** Shorter values are dummies such as `none`: masking them would maul ordinary words. */
const MIN_SECRET_LENGTH = 6;

/** Shorter ones may come about by chance where words are read without the spaces between them. */
const MIN_BREAKABLE_LENGTH = 12;

/**
 * A redactor that replaces each secret wherever it stands: as it is, JSON-escaped, URL-encoded,
 * in base64 (at any of its three alignments) and in base64url, each also where white space breaks it,
 * as it does in wrapped base64. Longer secrets go first, so that one which contains another leaves
 * nothing behind.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const needles = [...new Set(secrets.filter(isSecret).flatMap(spellings))].sort(
    (one, other) => other.length - one.length,
  );
  const breakable = needles.filter(({ length }) => length >= MIN_BREAKABLE_LENGTH);
  return (text) => {
    let clean = text;
    for (const needle of needles) {
      if (clean.includes(needle)) clean = clean.replaceAll(needle, MASK);
    }
    return withoutBroken(clean, breakable);
  };
}

/** Where white space, or an escape for it, may stand in the middle of a secret. */
const GAP = /(?:\s|\\[nrt])+/g;

/** Masks secrets that gaps break into parts. */
function withoutBroken(text: string, needles: readonly string[]): string {
  if (needles.length === 0 || text.search(GAP) < 0) return text;
  const joined = text.replaceAll(GAP, '');
  if (!needles.some((needle) => joined.includes(needle))) return text;
  const patterns = needles.map((needle) =>
    Array.from({ length: needle.length }, (_, at) => literal(needle.charCodeAt(at))).join(
      String.raw`(?:\s|\\[nrt])*`,
    ),
  );
  return text.replaceAll(new RegExp(patterns.join('|'), 'g'), MASK);
}

/** A pattern for one code unit. */
function literal(codeUnit: number): string {
  return String.raw`\u${codeUnit.toString(16).padStart(4, '0')}`;
}

function isSecret(value: string): boolean {
  return value.trim().length >= MIN_SECRET_LENGTH;
}

function spellings(secret: string): readonly string[] {
  const values = [...new Set([secret, secret.trim()])];
  return values.flatMap((value) => {
    const encoded = encodeURIComponent(value.toWellFormed());
    return [
      value,
      JSON.stringify(value).slice(1, -1),
      encoded,
      encoded.replaceAll(/%[0-9A-F]{2}/gu, (escape) => escape.toLowerCase()),
      encoded.replaceAll('%20', '+'),
      ...base64Spellings(value),
    ];
  });
}

/**
 * Base64 turns three bytes into four letters, so what a secret looks like inside a longer text
 * (`Bearer sk-…`) depends on how many bytes stand before it. The letters that also hold bits of a
 * neighbour are left out.
 */
function base64Spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const found: string[] = [];
  for (const before of [0, 1, 2]) {
    const letters = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const start = before === 0 ? 0 : before + 1;
    const spare = (before + bytes.length) % 3;
    const end = spare === 0 ? letters.length : letters.length - (spare === 1 ? 3 : 2);
    const inner = letters.slice(start, end);
    // A short stretch could be an ordinary word.
    if (inner.length >= MIN_SECRET_LENGTH) {
      found.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'));
    }
  }
  return found;
}
