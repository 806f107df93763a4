import { hash } from 'node:crypto';
import { posix } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { FileProblem } from '../ports/files.ts';

/** An image or document to send with the prompt. */
export interface Attachment {
  /** The file name, without its folder. */
  readonly name: string;
  readonly mediaType: ImageType | 'application/pdf';
  readonly base64: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Its size as input. */
  readonly tokens: { readonly low: number; readonly expected: number; readonly high: number };
}

/**
 * Detects the type from the bytes, not the file name. Returns a problem if the file cannot be sent.
 */
export function attachmentOf(
  path: string,
  content: Uint8Array,
): { ok: true; attachment: Attachment } | { ok: false; problem: FileProblem } {
  const image = imageType(content);
  const isPdf = Buffer.from(content.subarray(0, 1024)).includes('%PDF-');
  const mediaType = image ?? (isPdf ? 'application/pdf' : undefined);
  if (!mediaType) return { ok: false, problem: notSendable(path) };
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return {
    ok: true,
    attachment: {
      name: posix.basename(path),
      mediaType,
      base64: bytes.toString('base64'),
      bytes: bytes.length,
      sha256: hash('sha256', bytes, 'hex'),
      tokens: image ? imageTokens(imageSize(content, image)) : pdfTokens(pagesOf(bytes)),
    },
  };
}

function notSendable(path: string): FileProblem {
  return {
    code: 'FILE_UNREADABLE',
    message: `\`${path}\` is neither a PNG, JPEG, GIF or WebP image nor a PDF`,
    hint: 'put text into the prompt with `{file: …}`, or convert it',
  };
}

/** Pixels per token, and the least and most tokens that today's models use per image. */
const PIXELS_PER_TOKEN = 750;
const LEAST_OF_IMAGE = 85;
const MOST_OF_IMAGE = 5_000;

function imageTokens(size: ImageSize | undefined): Attachment['tokens'] {
  const pixels = size ? size.width * size.height : Infinity;
  const expected = Math.ceil(pixels / PIXELS_PER_TOKEN);
  return {
    low: LEAST_OF_IMAGE,
    expected: Math.min(MOST_OF_IMAGE, Math.max(LEAST_OF_IMAGE, expected)),
    high: MOST_OF_IMAGE,
  };
}

/** A page counts as its text, about 1,500 to 3,000 tokens, plus an image. */
const EXPECTED_OF_PAGE = 3_000;
const MOST_OF_PAGE = 3_000 + MOST_OF_IMAGE;

function pdfTokens(pages: number): Attachment['tokens'] {
  return {
    low: pages * LEAST_OF_IMAGE,
    expected: pages * EXPECTED_OF_PAGE,
    high: pages * MOST_OF_PAGE,
  };
}

/** A low estimate of the size of a page, for PDFs whose pages cannot be counted. */
const BYTES_OF_PAGE = 10_000;

function pagesOf(pdf: Buffer): number {
  const { texts, isWhole } = objectsOf(pdf);
  const pages = texts.reduce((sum, text) => sum + (text.match(PAGE)?.length ?? 0), 0);
  const counts = texts.flatMap((text) =>
    [...text.matchAll(COUNT)].map(([, count]) => Number(count)),
  );
  const counted = Math.max(pages, ...counts);
  return isWhole && counted > 0
    ? counted
    : Math.max(counted, Math.ceil(pdf.length / BYTES_OF_PAGE));
}

const PAGE = /\/Type\s{0,10}\/Page(?![A-Za-z])/g;
const COUNT = /\/Count\s{1,10}(\d{1,6})/g;

/** The most that is unpacked of one PDF. */
const MOST_UNPACKED = { bytes: 32 * 1024 * 1024, streams: 5_000 };

/**
 * The objects of a PDF as text. Most PDFs have compressed streams of objects, which may contain all
 * pages or all but the first. `isWhole` is false if some cannot be read.
 */
function objectsOf(pdf: Buffer): { readonly texts: readonly string[]; readonly isWhole: boolean } {
  const text = pdf.toString('latin1');
  const texts = [text];
  let left = MOST_UNPACKED.bytes;
  for (const { index } of text.matchAll(/\/ObjStm(?![A-Za-z])/g)) {
    const start = /stream\r?\n/.exec(text.slice(index, index + 1024));
    if (!start || texts.length > MOST_UNPACKED.streams) return { texts, isWhole: false };
    const at = index + start.index + start[0].length;
    try {
      // What follows the stream is ignored.
      const unpacked = inflateSync(pdf.subarray(at), { maxOutputLength: left }).toString('latin1');
      texts.push(unpacked);
      left -= unpacked.length;
    } catch {
      // It is encrypted, damaged, too large, or compressed in another way.
      return { texts, isWhole: false };
    }
  }
  return { texts, isWhole: true };
}

/** Width and height are in pixels. */
interface ImageSize {
  readonly width: number;
  readonly height: number;
}

type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';

/** Detects the image type from the bytes; undefined for other files. */
export function imageType(bytes: Uint8Array): ImageType | undefined {
  const start = latin(bytes, 0, 12);
  if (start.startsWith('\x89PNG\r\n')) return 'image/png';
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (start.startsWith('GIF8')) return 'image/gif';
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'image/webp';
  return undefined;
}

/** Undefined if the header is damaged or incomplete. */
export function imageSize(bytes: Uint8Array, type: ImageType): ImageSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return SIZES[type](view);
  } catch (error) {
    // The file ends in the middle of the header.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const SIZES: Readonly<Record<ImageType, (view: DataView) => ImageSize | undefined>> = {
  'image/png': (view) => ({ width: view.getUint32(16), height: view.getUint32(20) }),
  'image/gif': (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  'image/jpeg': jpegSize,
  'image/webp': webpSize,
};

/** Reads the size from the first segment that starts a frame. */
function jpegSize(view: DataView): ImageSize | undefined {
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const isFrame =
      marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return undefined;
}

function webpSize(view: DataView): ImageSize | undefined {
  const form = String.fromCharCode(...[12, 13, 14, 15].map((at) => view.getUint8(at)));
  if (form === 'VP8X') return { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) };
  if (form === 'VP8 ') {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  if (form !== 'VP8L') return undefined;
  const bits = view.getUint32(21, true);
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
}

function latin(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.subarray(from, to)).toString('latin1');
}
