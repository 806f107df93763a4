import * as zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bodyText } from '../../src/providers/decompress-body.ts';

const TEXT = '{"answer":"Übung ✓ 😀"}';
const plain = Buffer.from(TEXT);
const gzip = zlib.gzipSync(plain);
const brotli = zlib.brotliCompressSync(plain);
const MAX = 1024 * 1024;

function read(body: Uint8Array, encoding?: string, type = 'application/json'): Promise<unknown> {
  const headers = {
    'content-type': type,
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  };
  return bodyText(body, headers, MAX);
}

describe('a body is decoded by its bytes', () => {
  test.each([
    ['plain', plain, undefined],
    ['plain, labeled identity', plain, 'identity'],
    ['plain, labeled gzip', plain, 'gzip'],
    ['plain, labeled br', plain, 'br'],
    ['plain, labeled deflate', plain, 'deflate'],
    ['plain, labeled zstd', plain, 'zstd'],
    ['plain, labeled utf-8', plain, 'utf-8'],
    ['plain, labeled none', plain, 'none'],
    ['plain, labeled with a list', plain, 'gzip, br, gzip, br, gzip'],
    ['plain, labeled aws-chunked', plain, 'aws-chunked'],
    ['gzip', gzip, 'gzip'],
    ['gzip, labeled x-gzip', gzip, 'x-gzip'],
    ['gzip, labeled GZIP', gzip, 'GZIP'],
    ['gzip without a label', gzip, undefined],
    ['gzip, labeled identity', gzip, 'identity'],
    ['gzip, labeled br', gzip, 'br'],
    ['gzip, labeled deflate', gzip, 'deflate'],
    ['gzip twice, labeled once', zlib.gzipSync(gzip), 'gzip'],
    ['gzip twice, labeled twice', zlib.gzipSync(gzip), 'gzip, gzip'],
    ['gzip once, labeled twice', gzip, 'gzip, gzip'],
    ['br', brotli, 'br'],
    ['br, labeled gzip', brotli, 'gzip'],
    ['br without a label', brotli, undefined],
    ['br in gzip', zlib.gzipSync(brotli), 'br, gzip'],
    ['deflate', zlib.deflateSync(plain), 'deflate'],
    ['bare deflate', zlib.deflateRawSync(plain), 'deflate'],
    ['deflate, labeled gzip', zlib.deflateSync(plain), 'gzip'],
    ['zstd', zlib.zstdCompressSync(plain), 'zstd'],
    ['zstd without a label', zlib.zstdCompressSync(plain), undefined],
    ['gzip without its checksum', gzip.subarray(0, -8), 'gzip'],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), plain]), undefined],
    ['UTF-16', Buffer.from(`\uFEFF${TEXT}`, 'utf16le'), undefined],
    ['big-endian UTF-16', Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16(), undefined],
  ])('%s', async (_name, body, label) => {
    expect(await read(body, label)).toMatchObject({ kind: 'text', text: TEXT });
  });

  test.each([
    ['ISO 8859-1 by its charset', 'application/json; charset=ISO-8859-1', '"caf\u00e9"'],
    ['UTF-8 despite its charset', 'application/json; charset=iso-8859-1', '"café ✓"'],
    ['an unknown charset', 'application/json; charset=klingon', '"caf\uFFFD"'],
    ['no charset', 'application/json', '"caf\uFFFD"'],
  ])('%s', async (name, type, text) => {
    const body = name.startsWith('UTF-8')
      ? Buffer.from(text)
      : Buffer.from('"caf\u00e9"', 'latin1');
    expect(await read(body, undefined, type)).toEqual({ kind: 'text', text });
  });
});

describe('a body that cannot be decoded to its end is reported', () => {
  test.each([
    ['truncated gzip', gzip.subarray(0, -14), 'gzip', 'gzip'],
    ['truncated gzip without a label', gzip.subarray(0, -14), undefined, 'gzip'],
    [
      'bytes of an unknown encoding',
      Buffer.from([0xff, 0x06, 0, 0, 0x73, 0x4e]),
      'snappy',
      'snappy',
    ],
    ['bytes that are not gzip', Buffer.from([0xff, 0x06, 0, 0, 0x73, 0x4e]), 'gzip', 'gzip'],
  ])('%s', async (_name, body, label, spoiled) => {
    expect(await read(body, label)).toMatchObject({ kind: 'text', spoiled });
  });

  test.each([
    ['gzip', zlib.gzipSync(Buffer.alloc(MAX + 1, 0x20))],
    ['br', zlib.brotliCompressSync(Buffer.alloc(MAX + 1, 0x20))],
    ['deflate', zlib.deflateSync(Buffer.alloc(MAX + 1, 0x20))],
    ['zstd', zlib.zstdCompressSync(Buffer.alloc(MAX + 1, 0x20))],
    ['gzip, gzip', zlib.gzipSync(zlib.gzipSync(Buffer.alloc(MAX + 1, 0x20)))],
  ])('a bomb of %s stops at the limit', async (label, body) => {
    expect(await read(body, label)).toEqual({ kind: 'too-large' });
  });
});
