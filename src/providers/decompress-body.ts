import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { ResponseHeaders } from './provider.ts';

export type BodyText =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** The encoding that the body has or claims, if the body could not be fully decoded. */
      readonly spoiled?: string;
    }
  | { readonly kind: 'too-large' };

/** A body with more layers than this is an attack. */
const MAX_LAYERS = 3;

/**
 * Decodes a body by its bytes first and then by its `content-encoding` and `charset`. Volley
 * requests plain bodies, but gateways unpack a body and keep the header, compress one without a
 * header, or invent encodings. If a body breaks off, the decoded part is returned. `maxBytes`
 * counts after decompression.
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

/** Recognizes an encoding by its first bytes, which no text starts with. */
function encodingOf([first, second, third, fourth]: Uint8Array): Encoding | undefined {
  if (first === 0x1f && second === 0x8b) return 'gzip';
  if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd) return 'zstd';
  return undefined;
}

/**
 * Unpacks a body that is not text. Brotli and deflate have no signature, so both are tried; the
 * result must be text or another layer. Undefined if nothing fits.
 */
async function unpackedAs(
  body: Uint8Array,
  name: string | undefined,
  maxBytes: number,
): Promise<Unpacked | 'too-large' | undefined> {
  for (const encoding of new Set([name, 'br', 'deflate'].filter(isEncoding))) {
    const unpacked = await unpack(body, encoding, maxBytes);
    if (unpacked === undefined) continue;
    if (encoding === name) return unpacked;
    if (unpacked === 'too-large' || !unpacked.whole) continue;
    const { bytes } = unpacked;
    if (encodingOf(bytes) !== undefined || plainText(bytes) !== undefined) return unpacked;
  }
  return undefined;
}

function isEncoding(name: string | undefined): name is Encoding {
  return name !== undefined && Object.hasOwn(UNPACKERS, name);
}

interface Unpacked {
  readonly bytes: Uint8Array;
  readonly whole: boolean;
}

/** Undefined if the body has another encoding. If the body breaks off, unpacks what has arrived. */
async function unpack(
  body: Uint8Array,
  encoding: Encoding,
  maxOutputLength: number,
): Promise<Unpacked | 'too-large' | undefined> {
  const finishFlush = encoding === 'br' ? BROTLI_OPERATION_FLUSH : Z_SYNC_FLUSH;
  for (const whole of [true, false]) {
    try {
      const options = { maxOutputLength, ...(!whole && { finishFlush }) };
      const bytes = await UNPACKERS[encoding](body, options);
      if (whole || bytes.length > 0) return { bytes, whole };
    } catch (error) {
      if (isTooLarge(error)) return 'too-large';
    }
  }
  return undefined;
}

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;

interface UnpackOptions {
  readonly maxOutputLength: number;
  /** Set this to return the part that has arrived if a body breaks off. */
  readonly finishFlush?: number;
}

const [inflate, inflateRaw] = [promisify(zlib.inflate), promisify(zlib.inflateRaw)];

const UNPACKERS: Readonly<
  Record<Encoding, (body: Uint8Array, options: UnpackOptions) => Promise<Uint8Array>>
> = {
  gzip: promisify(zlib.gunzip),
  br: promisify(zlib.brotliDecompress),
  zstd: unzstd,
  deflate: (body, options) => {
    const inflated = inflate(body, options);
    // Some servers leave out the zlib wrapper.
    return 'finishFlush' in options ? inflated : inflated.catch(() => inflateRaw(body, options));
  },
};

/** Node 22.13 and 22.14 do not have zstd. */
function unzstd(body: Uint8Array, { maxOutputLength }: UnpackOptions): Promise<Uint8Array> {
  if (!('zstdDecompress' in zlib)) return Promise.reject(new Error('this Node.js has no zstd'));
  return promisify(zlib.zstdDecompress)(body, { maxOutputLength });
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

/** Decodes by the byte order mark, otherwise as UTF-8; undefined if invalid. */
function plainText(body: Uint8Array): string | undefined {
  const [first, second] = body;
  if (first === 0xff && second === 0xfe) return strictText(body, 'utf-16le');
  if (first === 0xfe && second === 0xff) return strictText(body, 'utf-16be');
  return strictText(body, 'utf-8');
}

/** Decodes by `charset`, otherwise as UTF-8 with U+FFFD for invalid bytes. */
function labeledText(body: Uint8Array, contentType: string): string {
  const charset = /;\s*charset\s*=\s*"?([\w.:-]+)/iu.exec(contentType)?.[1];
  const text = charset === undefined ? undefined : strictText(body, charset);
  return text ?? new TextDecoder().decode(body);
}

/** Undefined if the bytes are invalid or the encoding is unknown. Drops a byte order mark. */
function strictText(body: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
