import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { attachmentOf, imageSize, imageType } from '../../src/plan/attachment.ts';

function bytes(...parts: ReadonlyArray<string | readonly number[]>): Uint8Array {
  const buffers = parts.map((part) =>
    typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part),
  );
  return new Uint8Array(Buffer.concat([...buffers, Buffer.alloc(32)]));
}

const PNG = bytes('\x89PNG\r\n\x1a\n', [0, 0, 0, 13], 'IHDR', [0, 0, 3, 0x20, 0, 0, 2, 0x58]);
const GIF = bytes('GIF89a', [0x20, 3, 0x58, 2]);
// An application segment of 16 bytes, then the frame.
const JPEG = bytes(
  [0xff, 0xd8, 0xff, 0xe0, 0, 16],
  '\0'.repeat(14),
  [0xff, 0xc2, 0, 17, 8, 2, 0x58, 3, 0x20],
);
const WEBP_X = bytes('RIFF\0\0\0\0WEBPVP8X', [10, 0, 0, 0, 0, 0, 0, 0, 0x1f, 3, 0, 0x57, 2, 0]);
const WEBP = bytes('RIFF\0\0\0\0WEBPVP8 ', '\0'.repeat(7), [0x9d, 1, 0x2a, 0x20, 3, 0x58, 2]);
const WEBP_L = bytes('RIFF\0\0\0\0WEBPVP8L', [0, 0, 0, 0, 0x2f, 0x1f, 0xc3, 0x95, 0]);

test.each([
  ['image/png', PNG],
  ['image/gif', GIF],
  ['image/jpeg', JPEG],
  ['image/webp', WEBP_X],
  ['image/webp', WEBP],
  ['image/webp', WEBP_L],
] as const)('the size of an image of type %s is read from its header', (type, image) => {
  expect(imageType(image)).toBe(type);
  expect(imageSize(image, type)).toEqual({ width: 800, height: 600 });
});

test('a truncated image has no size, and counts as a large one', () => {
  const cut = PNG.slice(0, 12);
  expect(imageSize(cut, 'image/png')).toBeUndefined();
  expect(attachmentOf('a.png', cut)).toMatchObject({ attachment: { tokens: { expected: 5_000 } } });
});

test('an image has one token per 750 pixels', () => {
  expect(attachmentOf('x/a.png', PNG)).toMatchObject({
    attachment: { name: 'a.png', mediaType: 'image/png', tokens: { expected: 640, high: 5_000 } },
  });
});

test('the pages of a PDF count wherever they are, even if others are compressed', () => {
  const shown = '%PDF-1.7\n1 0 obj << /Type /Page >> endobj\n';
  const objects = deflateSync('<< /Type /Page >> '.repeat(40));
  const head = `${shown}2 0 obj << /Type /ObjStm /Filter /FlateDecode >>\nstream\r\n`;
  const stream = (packed: Uint8Array): Uint8Array =>
    Buffer.concat([Buffer.from(head), packed, Buffer.from('\r\nendstream endobj\n')]);
  expect(attachmentOf('a.pdf', stream(objects))).toMatchObject({
    attachment: { tokens: { expected: 41 * 3_000 } },
  });
  // If they cannot be read, the size counts.
  const encrypted = Buffer.alloc(95_000, 7);
  expect(attachmentOf('a.pdf', stream(encrypted))).toMatchObject({
    attachment: { tokens: { expected: 10 * 3_000 } },
  });
  const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024));
  expect(attachmentOf('a.pdf', stream(bomb))).toMatchObject({ ok: true });
});

test('the tokens of a PDF depend on its pages, or on its size if they are compressed', () => {
  const pages = bytes('%PDF-1.7\n<< /Type /Pages /Count 2 >> << /Type /Page >> << /Type/Page >>');
  const packed = bytes(`%PDF-1.7\n${'x'.repeat(25_000)}`);
  expect(attachmentOf('a.pdf', pages)).toMatchObject({
    attachment: { tokens: { expected: 6_000 } },
  });
  expect(attachmentOf('a.pdf', packed)).toMatchObject({
    attachment: { tokens: { expected: 9_000 } },
  });
});

test('the type of a file depends on its content, not its name', () => {
  expect(attachmentOf('a.gif', PNG)).toMatchObject({ attachment: { mediaType: 'image/png' } });
  expect(attachmentOf('a.png', bytes('hello'))).toMatchObject({
    ok: false,
    problem: { message: '`a.png` is neither a PNG, JPEG, GIF or WebP image nor a PDF' },
  });
});
