import { isUtf8 } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';

export type TextEncoding = 'utf-8' | 'utf-16' | 'windows-1252';

/** The first bytes of a file that are not valid text in its encoding. */
export interface BadBytes {
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
  /** `the byte 0xeb`, `half of a surrogate pair`: for use in a sentence. */
  readonly found: string;
  /** The encoding that the bytes look like. */
  readonly looksLike: TextEncoding | undefined;
}

/** Thrown if a stream contains bytes that are invalid in its encoding. */
export class BadBytesError extends Error {
  override readonly name = 'BadBytesError';
  readonly bad: BadBytes;

  constructor(bad: BadBytes) {
    super(`${bad.found} on line ${bad.line}`);
    this.bad = bad;
  }
}

export type DecodedText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly bad: BadBytes };

/** The text without its byte order mark. Invalid bytes are an error, not replaced. */
export function decodeText(bytes: Uint8Array, encoding: TextEncoding = 'utf-8'): DecodedText {
  const decoder = newDecoder(encoding);
  try {
    const text = decoder.add(bytes) + decoder.end();
    return { ok: true, text: text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text };
  } catch (error) {
    if (error instanceof BadBytesError) return { ok: false, bad: error.bad };
    throw error;
  }
}

/** Converts a stream to UTF-8. Throws `BadBytesError` while iterating. */
export async function* asUtf8(
  chunks: AsyncIterable<Uint8Array>,
  encoding: TextEncoding,
): AsyncGenerator<Uint8Array> {
  const decoder = encoding === 'utf-8' ? utf8Check() : newDecoder(encoding);
  for await (const chunk of chunks) {
    const part = decoder.add(chunk);
    if (part.length > 0) yield typeof part === 'string' ? Buffer.from(part) : part;
  }
  decoder.end();
}

interface Decoder<Part = string> {
  add(bytes: Uint8Array): Part;
  /** Throws if the last character is incomplete. */
  end(): '';
}

function newDecoder(encoding: TextEncoding): Decoder {
  if (encoding === 'utf-16') return utf16Decoder();
  if (encoding === 'windows-1252') return windowsDecoder();
  const check = utf8Check();
  return { ...check, add: (bytes) => utf8Text(check.add(bytes)) };
}

const BYTE_ORDER_MARK = '\uFEFF';

function utf8Text({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}

/** Passes on valid UTF-8 in whole characters. An incomplete character waits for the next bytes. */
function utf8Check(): Decoder<Uint8Array> {
  const position = newPosition();
  let rest: Uint8Array = new Uint8Array();
  let isUtf16: boolean | undefined;

  function refuse(bytes: Uint8Array, at: number): never {
    throw position.errorAfter(utf8Text(bytes.subarray(0, at)), {
      found: `the byte 0x${hex(bytes[at] ?? 0)}`,
      looksLike: isUtf16 ? 'utf-16' : 'windows-1252',
    });
  }

  return {
    add(chunk) {
      const bytes = rest.byteLength === 0 ? chunk : Buffer.concat([rest, chunk]);
      if (bytes.byteLength >= 2) isUtf16 ??= hasUtf16Mark(bytes) || hasZeros(bytes);
      const end = bytes.byteLength - begunBytes(bytes);
      const whole = bytes.subarray(0, end);
      if (isUtf16) refuse(bytes, 0);
      if (!isUtf8(whole)) refuse(whole, firstBadByte(whole));
      // A copy, because the caller may reuse the chunk.
      rest = Buffer.from(bytes.subarray(end));
      position.passBytes(whole);
      return whole;
    },
    end() {
      if (rest.byteLength > 0) refuse(rest, 0);
      return '';
    },
  };
}

function hasUtf16Mark([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** Recognizes UTF-16 without a byte order mark: every other byte of ASCII letters is zero. */
function hasZeros(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 64);
  return start.includes(0) && start.filter((byte) => byte === 0).length * 3 >= start.byteLength;
}

/** The number of bytes at the end that start a character without completing it. */
function begunBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.byteLength); back += 1) {
    const byte = bytes[bytes.byteLength - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return byte < 0xf8 && length > back ? back : 0;
  }
  return 0;
}

/** The index of the first invalid byte: decoding replaces it, so the text differs from there on. */
function firstBadByte(bytes: Uint8Array): number {
  const replaced = Buffer.from(utf8Text(bytes));
  let at = 0;
  while (at < bytes.byteLength && replaced[at] === bytes[at]) at += 1;
  // The bad byte may be equal to the start of the replacement character.
  while (((replaced[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}

/** Little-endian unless the byte order mark says otherwise. */
function utf16Decoder(): Decoder {
  const position = newPosition();
  const decoder = new StringDecoder('utf16le');
  let rest = Buffer.alloc(0);
  let isBigEndian: boolean | undefined;
  return {
    add(chunk) {
      const bytes = Buffer.concat([rest, chunk]);
      const even = bytes.byteLength - (bytes.byteLength % 2);
      const units = bytes.subarray(0, even);
      rest = bytes.subarray(even);
      if (even > 0) isBigEndian ??= bytes[0] === 0xfe && bytes[1] === 0xff;
      const text = decoder.write(isBigEndian ? units.swap16() : units);
      const bad = text.isWellFormed() ? -1 : text.search(/\p{Surrogate}/u);
      if (bad !== -1)
        throw position.errorAfter(text.slice(0, bad), { found: 'half of a surrogate pair' });
      position.pass(text);
      return text;
    },
    end() {
      const isWhole = rest.byteLength === 0 && decoder.end() === '';
      if (!isWhole) throw position.errorAfter('', { found: 'an incomplete character' });
      return '';
    },
  };
}

function windowsDecoder(): Decoder {
  const position = newPosition();
  return {
    add({ buffer, byteOffset, byteLength }) {
      const bytes = Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
      const bad = bytes.search(/[\u0081\u008d\u008f\u0090\u009d]/);
      if (bad !== -1) {
        throw position.errorAfter(bytes.slice(0, bad), {
          found: `the byte 0x${hex(bytes.charCodeAt(bad))}`,
        });
      }
      position.pass(bytes);
      return bytes.replaceAll(/[\u0080-\u009f]/g, (c) =>
        WINDOWS_1252.charAt(c.charCodeAt(0) - 128),
      );
    },
    end: () => '',
  };
}

/** 0x80 to 0x9f, with spaces for the five undefined ones. */
const WINDOWS_1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

/** Counts lines and columns: `\n`, `\r\n` and `\r` end a line. */
function newPosition() {
  let line = 1;
  let lineLength = 0;
  let endsInReturn = false;
  return {
    pass(text: string): void {
      if (text === '') return;
      const breaks = text.match(/\r\n|\n|\r/g)?.length ?? 0;
      const isSplit = endsInReturn && text.startsWith('\n');
      line += breaks - (isSplit ? 1 : 0);
      const last = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
      lineLength = last === -1 ? lineLength + text.length : text.length - last - 1;
      endsInReturn = text.endsWith('\r');
    },
    /** The same for valid UTF-8. Decodes only the last line. */
    passBytes(bytes: Uint8Array): void {
      const start = Math.max(bytes.lastIndexOf(0x0a), bytes.lastIndexOf(0x0d)) + 1;
      this.pass(Buffer.from(bytes.subarray(0, start)).toString('latin1'));
      this.pass(utf8Text(bytes.subarray(start)));
    },
    /** The error for what follows `before`. */
    errorAfter(
      before: string,
      bad: { readonly found: string; readonly looksLike?: TextEncoding },
    ): BadBytesError {
      this.pass(before);
      return new BadBytesError({ line, column: lineLength + 1, looksLike: undefined, ...bad });
    },
  };
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
