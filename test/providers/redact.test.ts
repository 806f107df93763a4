import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor, redactedValue } from '../../src/errors/redact.ts';

const SECRET = 'sk-"quoted"+and/slashed=42';

test.each([
  ['in plain text', SECRET],
  ['JSON-escaped', JSON.stringify({ key: SECRET })],
  ['URL-encoded', `https://host/?key=${encodeURIComponent(SECRET)}`],
  ['URL-encoded in lower case', encodeURIComponent(SECRET).toLowerCase()],
  ['in base64', Buffer.from(SECRET).toString('base64')],
  ['in base64 after one byte', Buffer.from(`:${SECRET}`).toString('base64')],
  ['in base64 after a user name', Buffer.from(`me:${SECRET}`).toString('base64')],
  ['in base64url', Buffer.from(`user:${SECRET}:more`).toString('base64url')],
  ['broken into lines', `${SECRET.slice(0, 6)}\n  ${SECRET.slice(6)}`],
  ['broken by an escaped line break', `${SECRET.slice(0, 6)}\\r\\n${SECRET.slice(6)}`],
  ['in wrapped base64', Buffer.from(SECRET).toString('base64').replaceAll(/.{10}/g, '$&\r\n')],
])('a secret %s is masked', (_form, text) => {
  const clean = createRedactor([SECRET])(text);
  expect(clean).toContain('[redacted]');
  expect(clean).not.toContain('quoted');
  expect(Buffer.from(clean, 'base64').toString()).not.toContain('quoted');
});

test('a secret that contains another leaves nothing behind', () => {
  expect(createRedactor(['sk-short1', 'sk-short1-and-long'])('a sk-short1-and-long b')).toBe(
    'a [redacted] b',
  );
});

test('no secrets, and placeholders such as `none`, change nothing', () => {
  expect(createRedactor(['', 'none', ' '])('none of these')).toBe('none of these');
});

test('no text with a secret gets through', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 8, unit: 'grapheme-ascii' }),
      fc.string(),
      fc.string(),
      (key, before, after) => {
        fc.pre(key.trim().length >= 8 && !'[redacted]'.includes(key));
        const redact = createRedactor([key]);
        return [before + key + after, encodeURIComponent(key), JSON.stringify(key)].every(
          (text) => !redact(text).includes(key),
        );
      },
    ),
  );
});

const KEY = 'sk-proj-Canary0123/456+78abCDefGH-tail';

/** Writes some characters as escapes and leaves the others unchanged. */
const partly =
  (escape: (hex: string, code: number) => string) =>
  (text: string): string =>
    Array.from(text, (each, at) => {
      const code = each.codePointAt(0) ?? 0;
      return at % 3 === 1 ? escape(code.toString(16).padStart(2, '0'), code) : each;
    }).join('');

const DISGUISES: ReadonlyArray<readonly [string, (text: string) => string]> = [
  ['in capitals', (text) => text.toUpperCase()],
  ['in lower case, as in the host of an address', (text) => text.toLowerCase()],
  ['partly percent-encoded', partly((hex) => `%${hex}`)],
  ['partly percent-encoded in capitals', partly((hex) => `%${hex.toUpperCase()}`)],
  ['percent-encoded twice', partly((hex) => `%25${hex}`)],
  ['partly in JSON escapes', partly((hex) => `\\u00${hex}`)],
  ['in JSON within JSON', partly((hex) => `\\\\u00${hex}`)],
  ['with escaped slashes', (text) => text.replaceAll('/', String.raw`\/`)],
  ['in JavaScript escapes', partly((hex) => `\\x${hex}`)],
  ['in code point escapes', partly((hex) => `\\u{${hex}}`)],
  ['in HTML entities', partly((_, code) => `&#${code};`)],
  ['in hexadecimal HTML entities', partly((hex) => `&#x${hex};`)],
  ['in hex', (text) => Buffer.from(text).toString('hex')],
  ['in hex in capitals', (text) => Buffer.from(text).toString('hex').toUpperCase()],
  ['in capitals, broken into lines', (text) => text.toUpperCase().replaceAll(/.{9}/g, '$&\n')],
  [
    'in escapes, broken into lines',
    (text) => partly((hex) => `%${hex}`)(text).replaceAll('-', '-\n'),
  ],
];

test.each(DISGUISES)('a key %s is masked', (_, disguise) => {
  const shown = createRedactor([KEY])(`before ${disguise(KEY)} after`);
  expect(shown).toContain('[redacted]');
  for (let at = 0; at + 8 <= KEY.length; at += 1) {
    const part = disguise(KEY)
      .slice(at, at + 8)
      .toLowerCase();
    expect(shown.toLowerCase()).not.toContain(part);
  }
});

test.each([
  'sk-proj-****tail',
  'sk-proj-************************-tail',
  'sk-p...tail',
  'sk-proj-Cana…',
  '••••tail',
  'SK-PROJ-**********************',
  'sk-proj-[...]tail',
])('a key that the vendor already masked is masked: Incorrect API key provided: %s', (mask) => {
  const shown = createRedactor([KEY])(`Incorrect API key provided: ${mask}. Find it at x.example.`);
  expect(shown).toContain('Incorrect API key provided: [redacted]');
  expect(shown).not.toMatch(/sk-p|tail/i);
});

test.each([
  'wait... then continue',
  'sk-other-****1234',
  '**bold** text and ... more',
  'a ** b ** c',
  'https://a.example/%7Euser?q=%20x \\u0041 &amp; &#65;',
])('text that only looks like a key is kept: %s', (text) => {
  expect(createRedactor([KEY])(text)).toBe(text);
});

test('a key that only appears in parsed text is removed from the value, including names', () => {
  const redact = createRedactor([KEY]);
  const value = { [KEY]: [KEY, 1, null, { deep: `Bearer ${KEY}` }] };
  const clean = redactedValue(value, redact);
  expect(JSON.stringify(clean)).not.toContain('Canary');
  expect(clean).toEqual({ '[redacted]': ['[redacted]', 1, null, { deep: 'Bearer [redacted]' }] });
});

test('no disguise of a key gets through, anywhere', () => {
  const key = fc.stringMatching(/^[A-Za-z0-9_/+=-]{16,48}$/);
  const disguise = fc.constantFrom(...DISGUISES.map(([, each]) => each));
  fc.assert(
    fc.property(
      key,
      disguise,
      disguise,
      fc.string(),
      fc.string(),
      (secret, one, other, before, after) => {
        const shown = createRedactor([secret])(
          `${before} ${one(secret)} ${other(secret)} ${after}`,
        );
        const folded = secret.toLowerCase();
        expect(shown.toLowerCase()).not.toContain(folded);
        expect(
          decodeURIComponent(shown.replaceAll(/%(?![0-9a-f]{2})|%[89a-f]./gi, '')).toLowerCase(),
        ).not.toContain(folded);
        expect(shown).toContain('[redacted]');
      },
    ),
    { numRuns: 1_000 },
  );
}, 120_000);

test('a megabyte without a secret is fast', () => {
  const text = 'n\\n%6e&#110;****'.repeat(60_000);
  expect(createRedactor([KEY, 'nnnnnnnnnnnnnnnnnnnnnnnn!'])(text).length).toBeGreaterThan(0);
});
