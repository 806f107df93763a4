import { hash } from 'node:crypto';
import { posix } from 'node:path';
import type { FileProblem } from '../ports/files.ts';
import { imageSize, imageType, type ImageSize, type ImageType } from './image-size.ts';

/** An image or a document that goes out beside the prompt. */
export interface Attachment {
  /** Of the file, without its folder. */
  readonly name: string;
  readonly mediaType: ImageType | 'application/pdf';
  readonly base64: string;
  readonly bytes: number;
  readonly sha256: string;
  /** What it weighs as input. */
  readonly tokens: { readonly low: number; readonly expected: number; readonly high: number };
}

/** What the bytes of a file are, whatever it is called; a problem when they are nothing that can be sent. */
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
    hint: 'put a text into the prompt with `{file: …}`, or convert it',
  };
}

/** Pixels that make a token, and the least and the most that today's models make of one image. */
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

/** A page counts as its text, some 1,500 to 3,000 tokens, and as an image of itself. */
const EXPECTED_OF_PAGE = 3_000;
const MOST_OF_PAGE = 3_000 + MOST_OF_IMAGE;

function pdfTokens(pages: number): Attachment['tokens'] {
  return {
    low: pages * LEAST_OF_IMAGE,
    expected: pages * EXPECTED_OF_PAGE,
    high: pages * MOST_OF_PAGE,
  };
}

/** Less than a page takes, where its pages are packed away and cannot be counted. */
const BYTES_OF_PAGE = 10_000;

function pagesOf(pdf: Buffer): number {
  const text = pdf.toString('latin1');
  const pages = text.match(/\/Type\s{0,10}\/Page(?![A-Za-z])/g)?.length ?? 0;
  const counts = [...text.matchAll(/\/Count\s{1,10}(\d{1,6})/g)].map(([, count]) => Number(count));
  const counted = Math.max(pages, ...counts);
  return counted > 0 ? counted : Math.ceil(pdf.length / BYTES_OF_PAGE);
}
