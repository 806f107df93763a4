/** Takes secrets out of a text. */
export type Redactor = (text: string) => string;

const MASK = '[redacted]';

/** Shorter values are dummies such as `none`: masking them would maul ordinary words. */
const MIN_SECRET_LENGTH = 6;

/**
 * A redactor that replaces each secret wherever it stands: as it is, JSON-escaped, URL-encoded,
 * in base64 (at any of its three alignments) and in base64url. Longer secrets go first, so that one
 * which contains another leaves nothing behind.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const needles = [...new Set(secrets.filter(isSecret).flatMap(spellings))].sort(
    (one, other) => other.length - one.length,
  );
  return (text) => {
    let clean = text;
    for (const needle of needles) {
      if (clean.includes(needle)) clean = clean.replaceAll(needle, MASK);
    }
    return clean;
  };
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
