import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { ResponseHeaders } from './provider.ts';

export type BodyText =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** What it is encoded in, or claims to be, and cannot be read as to its end. */
      readonly spoiled?: string;
    }
  | { readonly kind: 'too-large' };

/** More layers than this are an attack, not a server. */
const MAX_LAYERS = 3;

/**
 * The text of a whole body. What the bytes are decides, before what `content-encoding` and `charset`
 * claim: Volley asks for plain bodies, and gateways unpack one and leave the header in, pack one and
 * forget it, or name encodings that do not exist. A body that breaks off inside its encoding gives
 * what came. `maxBytes` counts after decompression.
 */
export async function bodyText(
  bytes: Uint8Array,
  headers: ResponseHeaders,
  maxBytes: number,
): Promise<BodyText> {
  const labels = labelsOf(headers['content-encoding']);
  let body = bytes;
  let spoiled: string | undefined;
  for (let layer = 0; layer < MAX_LAYERS && spoiled === undefined; layer += 1) {
    const label = labels.pop();
    const encoding = encodingOf(body);
    if (encoding === undefined) {
      const text = plainText(body);
      if (text !== undefined) return { kind: 'text', text };
    }
    const unpacked = await unpackedAs(body, encoding ?? label, maxBytes);
    if (unpacked === 'too-large') return { kind: 'too-large' };
    if (unpacked === undefined && label === undefined) break;
    if (unpacked?.whole !== true) spoiled = encoding ?? label;
    body = unpacked?.bytes ?? body;
  }
  const text = plainText(body) ?? labeledText(body, headers['content-type'] ?? '');
  return { kind: 'text', text, ...(spoiled === undefined ? {} : { spoiled }) };
}

function labelsOf(contentEncoding: string | undefined): string[] {
  return (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
}

type Encoding = 'gzip' | 'zstd' | 'br' | 'deflate';

/** By the first bytes, which no text begins with. */
function encodingOf([first, second, third, fourth]: Uint8Array): Encoding | undefined {
  if (first === 0x1f && second === 0x8b) return 'gzip';
  if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd) return 'zstd';
  return undefined;
}

/**
 * Unpacks a body that is not text. Neither brotli nor deflate has a mark of its own: both are tried,
 * and what comes out must be text or another layer. Undefined when it is nothing that is known.
 */
async function unpackedAs(
  body: Uint8Array,
  name: string | undefined,
  maxBytes: number,
): Promise<Unpacked | 'too-large' | undefined> {
  if (name === 'gzip' || name === 'zstd') {
    const unpacked = await unpack(body, name, maxBytes);
    if (unpacked !== undefined) return unpacked;
  }
  for (const encoding of ['br', 'deflate'] as const) {
    const unpacked = await unpack(body, encoding, maxBytes);
    if (unpacked === 'too-large') {
      if (name === encoding) return unpacked;
      continue;
    }
    if (unpacked === undefined || (!unpacked.whole && name !== encoding)) continue;
    const { bytes } = unpacked;
    if (name === encoding || encodingOf(bytes) !== undefined || plainText(bytes) !== undefined) {
      return unpacked;
    }
  }
  return undefined;
}

interface Unpacked {
  readonly bytes: Uint8Array;
  readonly whole: boolean;
}

/** Undefined when it is something else. */
async function unpack(
  body: Uint8Array,
  encoding: Encoding,
  maxOutputLength: number,
): Promise<Unpacked | 'too-large' | undefined> {
  const { strict, lenient } = UNPACKERS[encoding];
  try {
    return { bytes: await strict(body, maxOutputLength), whole: true };
  } catch (error) {
    if (isTooLarge(error)) return 'too-large';
  }
  try {
    const bytes = await lenient(body, maxOutputLength);
    return bytes.length === 0 ? undefined : { bytes, whole: false };
  } catch (error) {
    return isTooLarge(error) ? 'too-large' : undefined;
  }
}

type Unpack = (body: Uint8Array, maxOutputLength: number) => Promise<Uint8Array>;

const [gunzip, inflate, inflateRaw, unbrotli] = [
  promisify(zlib.gunzip),
  promisify(zlib.inflate),
  promisify(zlib.inflateRaw),
  promisify(zlib.brotliDecompress),
] as const;

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;

/** `lenient` gives what came of a body that breaks off. */
const UNPACKERS: Readonly<Record<Encoding, { readonly strict: Unpack; readonly lenient: Unpack }>> =
  {
    gzip: {
      strict: (body, maxOutputLength) => gunzip(body, { maxOutputLength }),
      lenient: (body, maxOutputLength) =>
        gunzip(body, { maxOutputLength, finishFlush: Z_SYNC_FLUSH }),
    },
    // Some servers leave out the wrapper that the name stands for.
    deflate: {
      strict: (body, maxOutputLength) =>
        inflate(body, { maxOutputLength }).catch(() => inflateRaw(body, { maxOutputLength })),
      lenient: (body, maxOutputLength) =>
        inflate(body, { maxOutputLength, finishFlush: Z_SYNC_FLUSH }),
    },
    br: {
      strict: (body, maxOutputLength) => unbrotli(body, { maxOutputLength }),
      lenient: (body, maxOutputLength) =>
        unbrotli(body, { maxOutputLength, finishFlush: BROTLI_OPERATION_FLUSH }),
    },
    zstd: { strict: unzstd, lenient: unzstd },
  };

/** Node 22.13 and 22.14 have none. */
function unzstd(body: Uint8Array, maxOutputLength: number): Promise<Uint8Array> {
  if (!('zstdDecompress' in zlib)) return Promise.reject(new Error('this Node.js has no zstd'));
  return promisify(zlib.zstdDecompress)(body, { maxOutputLength });
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

/** By its byte order mark, else as UTF-8; undefined when it is neither. */
function plainText(body: Uint8Array): string | undefined {
  const [first, second] = body;
  if (first === 0xff && second === 0xfe) return strictText(body, 'utf-16le');
  if (first === 0xfe && second === 0xff) return strictText(body, 'utf-16be');
  return strictText(body, 'utf-8');
}

/** As its `charset` says, else as UTF-8 with U+FFFD for what is invalid. */
function labeledText(body: Uint8Array, contentType: string): string {
  const charset = /;\s*charset\s*=\s*"?([\w.:-]+)/iu.exec(contentType)?.[1];
  const text = charset === undefined ? undefined : strictText(body, charset);
  return text ?? new TextDecoder().decode(body);
}

/** Undefined when the bytes are invalid in the encoding, or it is unknown. Drops a byte order mark. */
function strictText(body: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
