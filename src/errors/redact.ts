import { isJsonObject, type JsonValue } from '../ports/json.ts';

/** Removes secrets from text. */
export type Redactor = (text: string) => string;

const MASK = '[redacted]';

/** Shorter values are placeholders such as `none`. Masking them would damage ordinary words. */
const MIN_SECRET_LENGTH = 6;

/** Shorter secrets could match by chance when spaces and case are ignored. */
const MIN_BREAKABLE_LENGTH = 12;

/**
 * Replaces each secret, whether it is unchanged, JSON-escaped, URL-encoded, in hex, in base64 (at
 * all three alignments) or in base64url. A long secret is also replaced in another case, with white
 * space inside it as in wrapped base64, with escaped characters (`%73`, `\u0073`, `&#115;`), and
 * where a vendor's own mask shows its start or end (`sk-proj-****1234`). Longer secrets are
 * replaced first, so that a secret within another leaves nothing behind.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const own = [...new Set(secrets.filter(isSecret).flatMap((each) => [each, each.trim()]))];
  if (own.length === 0) return (text) => text;
  const needles = [...new Set(own.flatMap(spellings))].sort(
    (one, other) => other.length - one.length,
  );
  const breakable = needles.filter(({ length }) => length >= MIN_BREAKABLE_LENGTH);
  const foldedNeedles = breakable.map((needle) => needle.toLowerCase());
  const long = own
    .filter(({ length }) => length >= MIN_BREAKABLE_LENGTH)
    .map((secret) => secret.toLowerCase());
  return (text) => {
    let clean = text;
    for (const needle of needles) {
      if (clean.includes(needle)) clean = clean.replaceAll(needle, MASK);
    }
    return withoutMasked(withoutDisguised(clean, breakable, foldedNeedles), long);
  };
}

/** Removes secrets from every string in a value, because parsing may have revealed some. */
export function redactedValue(value: JsonValue, redact: Redactor): JsonValue {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((each: JsonValue) => redactedValue(each, redact));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [redact(key), redactedValue(each, redact)]),
  );
}

/** White space within a secret, or an escape for it. */
const GAPS = /(?:\s|\\[nrt])+/g;
const GAP = String.raw`(?:\s|\\[nrt])*`;

/** How many layers of encoding to undo: `%2573` is `%73` is `s`. */
const MOST_LAYERS = 3;

/** Masks secrets in another case, with gaps, or with escaped characters. */
function withoutDisguised(
  text: string,
  needles: readonly string[],
  foldedNeedles: readonly string[],
): string {
  const readings = readingsOf(text);
  const found = needles.filter((_, at) => holds(readings, foldedNeedles[at] ?? ''));
  if (found.length === 0) return text;
  const pattern = found.map((needle) => Array.from(needle, disguised).join(GAP)).join('|');
  const clean = text.replaceAll(new RegExp(pattern, 'gi'), MASK);
  // The pattern does not match this disguise, for example two layers of escapes, so the whole text
  // is dropped.
  const left = readingsOf(clean);
  return found.some((needle) => holds(left, needle.toLowerCase())) ? MASK : clean;
}

function holds(readings: readonly string[], needle: string): boolean {
  return readings.some((reading) => reading.includes(needle));
}

/**
 * The text in lower case without gaps, with and without undoing escapes. A backslash before another
 * one may be an escape or part of a secret, so both readings are tried.
 */
function readingsOf(text: string): readonly string[] {
  const readings = [folded(text)];
  if (!ESCAPE.test(text)) return readings;
  for (const undo of [unescaped, unescapedNumbers]) {
    let plain = text;
    for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
      const next = undo(plain);
      if (next === plain) break;
      readings.push(folded(next));
      plain = next;
    }
  }
  return readings;
}

/** Matches an escape of a character that keys may contain. */
const ESCAPE = /%[2-7][0-9a-f]|\\[ux"\\/]|&(?:#|amp;)/i;

function folded(text: string): string {
  return text.replaceAll(GAPS, '').toLowerCase();
}

/** Undoes one layer of escapes of ASCII characters. Keys do not contain any other characters. */
function unescaped(text: string): string {
  return unescapedNumbers(text.replaceAll(/\\(["\\/])/g, '$1'));
}

function unescapedNumbers(text: string): string {
  return text.replaceAll(
    /%([0-7][0-9a-f])|\\u00([0-7][0-9a-f])|\\u\{0*([0-7][0-9a-f])\}|\\x([0-7][0-9a-f])|&#x0*([0-7][0-9a-f]);|&#0*(\d{2,3});|&amp;/gi,
    (_escape: string, ...groups: ReadonlyArray<string | undefined>) => {
      const decimal = groups[5];
      if (decimal !== undefined) return String.fromCharCode(Number(decimal) & 0x7f);
      const hex = groups.slice(0, 5).find((group) => group !== undefined);
      return hex === undefined ? '&' : String.fromCharCode(Number.parseInt(hex, 16));
    },
  );
}

/** A pattern that matches one character, plain or escaped. */
function disguised(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).padStart(2, '0');
  const plain = Array.from({ length: character.length }, (_, at) => literal(character, at)).join(
    '',
  );
  if (code > 0x7f) return plain;
  const escape = /["\\/]/.test(character) ? String.raw`\\?` : '';
  return String.raw`(?:${escape}${plain}|%${hex}|\\u00${hex}|\\u\{0*${hex}\}|\\x${hex}|&#x0*${hex};|&#0*${code};)`;
}

function literal(text: string, at: number): string {
  return String.raw`\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
}

/** How vendors mask the middle of a key. */
const VENDOR_MASK = /\*{2,}|•{2,}|·{2,}|\.{3,}|…+|\[\.\.\.\]/g;
/** Vendors show at most this much of either end. */
const MOST_SHOWN = 40;
/** Fewer characters could match by chance. */
const LEAST_SHOWN = 4;

/** Masks `sk-proj-****1234` and similar texts that show the start or end of a secret. */
function withoutMasked(text: string, all: readonly string[]): string {
  const lower = text.toLowerCase();
  const secrets = all.filter(
    (secret) => lower.includes(secret.slice(0, 3)) || lower.includes(secret.slice(-3)),
  );
  if (secrets.length === 0) return text;
  let clean = '';
  let from = 0;
  for (const { 0: mask, index } of text.matchAll(VENDOR_MASK)) {
    const before = text.slice(Math.max(from, index - MOST_SHOWN), index).toLowerCase();
    const end = index + mask.length;
    const after = text.slice(end, end + MOST_SHOWN).toLowerCase();
    for (const secret of secrets) {
      const head = headShown(secret, before);
      const tail = tailShown(secret, after);
      if (head + tail < LEAST_SHOWN) continue;
      clean += text.slice(from, index - head) + MASK;
      from = end + tail;
      break;
    }
  }
  return clean + text.slice(from);
}

/** How many of a secret's first characters a string ends with. Fewer than three count as none. */
function headShown(secret: string, text: string): number {
  const at = text.lastIndexOf(secret.slice(0, 3));
  return at >= 0 && secret.startsWith(text.slice(at)) ? text.length - at : 0;
}

/** How many of a secret's last characters a string begins with. */
function tailShown(secret: string, text: string): number {
  const at = text.indexOf(secret.slice(-3));
  return at >= 0 && secret.endsWith(text.slice(0, at + 3)) ? at + 3 : 0;
}

function isSecret(value: string): boolean {
  return value.trim().length >= MIN_SECRET_LENGTH;
}

function spellings(value: string): readonly string[] {
  const encoded = encodeURIComponent(value.toWellFormed());
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/gu, (escape) => escape.toLowerCase()),
    encoded.replaceAll('%20', '+'),
    Buffer.from(value, 'utf8').toString('hex'),
    ...base64Spellings(value),
  ];
}

/**
 * Base64 encodes three bytes as four letters, so the encoding of a secret within a longer text
 * (`Bearer sk-…`) depends on how many bytes precede the secret. Letters that also encode bits of
 * adjacent bytes are excluded.
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
    // A short part could be an ordinary word.
    if (inner.length >= MIN_SECRET_LENGTH) {
      found.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'));
    }
  }
  return found;
}

/** The values of variables whose names suggest a secret, and the passwords in URLs. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(environment).flatMap(([name, value = '']) => {
    const isSecret = /KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL/i.test(name) && value.length >= 8;
    return isSecret ? [value] : passwordsIn(value);
  });
}

/** The passwords in URLs such as `https://user:password@host`. */
function passwordsIn(value: string): readonly string[] {
  return [...value.matchAll(/(?:^|\/\/)[^\s/@:]{0,200}:([^\s/@]{8,200})@/g)].flatMap(
    ([, password]) => password ?? [],
  );
}
