import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor } from '../../src/errors/redact.ts';

const SECRET = 'sk-"quoted"+and/slashed=42';

test.each([
  ['as it is', SECRET],
  ['JSON-escaped', JSON.stringify({ key: SECRET })],
  ['URL-encoded', `https://host/?key=${encodeURIComponent(SECRET)}`],
  ['URL-encoded in lower case', encodeURIComponent(SECRET).toLowerCase()],
  ['in base64', Buffer.from(SECRET).toString('base64')],
  ['in base64 behind one byte', Buffer.from(`:${SECRET}`).toString('base64')],
  ['in base64 behind a user name', Buffer.from(`me:${SECRET}`).toString('base64')],
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

test('no secrets, and dummies such as `none`, change nothing', () => {
  expect(createRedactor(['', 'none', ' '])('none of these')).toBe('none of these');
});

test('no text comes out with the secret in it', () => {
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
