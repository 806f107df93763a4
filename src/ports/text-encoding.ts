import { isUtf8 } from 'node:buffer';

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

/** Thrown while a stream of bytes is read. */
export class BadBytesError extends Error {
  override readonly name = 'BadBytesError';
  readonly bad: BadBytes;

  constructor(bad: BadBytes) {
    super(`${bad.found} in line ${bad.line}`);
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
  if (encoding === 'utf-8') {
    yield* checkedUtf8(chunks);
    return;
  }
  const decoder = newDecoder(encoding);
  for await (const chunk of chunks) {
    const text = decoder.add(chunk);
    if (text !== '') yield Buffer.from(text);
  }
  decoder.end();
}

interface Decoder {
  add(bytes: Uint8Array): string;
  /** Refuses an incomplete character. */
  end(): string;
}

function newDecoder(encoding: TextEncoding): Decoder {
  switch (encoding) {
    case 'utf-8': {
      const check = utf8Check();
      return {
        add: (bytes) => {
          // Only whole characters; the rest comes with the next bytes.
          const whole = check.add(bytes);
          return Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).toString('utf8');
        },
        end: () => check.end(),
      };
    }
    case 'utf-16':
      return utf16Decoder();
    case 'windows-1252':
      return windowsDecoder();
  }
}

const BYTE_ORDER_MARK = '\uFEFF';

async function* checkedUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const check = utf8Check();
  for await (const chunk of chunks) {
    const whole = check.add(chunk);
    if (whole.byteLength > 0) yield whole;
  }
  check.end();
}

function utf8Check(): { add(bytes: Uint8Array): Uint8Array; end(): '' } {
  const position = newPosition();
  let rest: Uint8Array = new Uint8Array();
  let isFirst = true;

  let isUtf16 = false;

  function refuse(bytes: Uint8Array, at: number): never {
    position.pass(Buffer.from(bytes.subarray(0, at)).toString('utf8'));
    throw new BadBytesError({
      ...position.place(),
      found: `the byte 0x${hex(bytes[at] ?? 0)}`,
      looksLike: isUtf16 ? 'utf-16' : 'windows-1252',
    });
  }

  return {
    add(chunk) {
      const bytes = rest.byteLength === 0 ? chunk : Buffer.concat([rest, chunk]);
      if (isFirst && bytes.byteLength >= 2) {
        isUtf16 = hasUtf16Mark(bytes) || hasZeros(bytes);
        isFirst = false;
      }
      const end = bytes.byteLength - begunBytes(bytes);
      const whole = bytes.subarray(0, end);
      if (isUtf16) refuse(bytes, 0);
      if (!isUtf8(whole)) refuse(whole, firstBadByte(whole));
      rest = bytes.subarray(end);
      if (rest.byteLength > 0) rest = Buffer.from(rest);
      position.passBytes(whole);
      return whole;
    },
    end() {
      if (rest.byteLength > 0) refuse(rest, 0);
      return '';
    },
  };
}

function hasUtf16Mark(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
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

/** A binary search, so that even a long line is fast. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let size = 1 << 16;
  while (good < bytes.byteLength) {
    const end = characterStart(bytes, Math.min(bytes.byteLength, good + size));
    if (end > good && isUtf8(bytes.subarray(good, end))) {
      good = end;
    } else if (size <= 4) {
      return good + goodPrefix(bytes.subarray(good, good + 8));
    } else size = Math.floor(size / 2);
  }
  return good;
}

function characterStart(bytes: Uint8Array, at: number): number {
  let start = at;
  for (let back = 0; back < 3 && start > 0 && start < bytes.byteLength; back += 1) {
    if (((bytes[start] ?? 0) & 0xc0) !== 0x80) break;
    start -= 1;
  }
  return start;
}

function goodPrefix(bytes: Uint8Array): number {
  let good = 0;
  for (let length = 1; length <= bytes.byteLength; length += 1) {
    if (isUtf8(bytes.subarray(0, length))) good = length;
  }
  return good;
}

/** Little-endian unless the byte order mark says otherwise. */
function utf16Decoder(): Decoder {
  const position = newPosition();
  let rest = Buffer.alloc(0);
  let isBigEndian: boolean | undefined;
  return {
    add(chunk) {
      let bytes = Buffer.concat([rest, chunk]);
      if (isBigEndian === undefined) {
        if (bytes.byteLength < 2) {
          rest = bytes;
          return '';
        }
        isBigEndian = bytes[0] === 0xfe && bytes[1] === 0xff;
      }
      const even = bytes.byteLength - (bytes.byteLength % 2);
      rest = Buffer.from(bytes.subarray(even));
      bytes = bytes.subarray(0, even);
      if (isBigEndian) bytes = Buffer.from(bytes).swap16();
      let text = bytes.toString('utf16le');
      if (/[\uD800-\uDBFF]$/.test(text)) {
        const held = Buffer.from(text.slice(-1), 'utf16le');
        rest = Buffer.concat([isBigEndian ? held.swap16() : held, rest]);
        text = text.slice(0, -1);
      }
      const bad = loneSurrogateAt(text);
      if (bad !== -1) {
        position.pass(text.slice(0, bad));
        throw new BadBytesError({
          ...position.place(),
          found: 'half of a surrogate pair',
          looksLike: undefined,
        });
      }
      position.pass(text);
      return text;
    },
    end() {
      if (rest.byteLength === 0) return '';
      const found = 'an incomplete character';
      throw new BadBytesError({ ...position.place(), found, looksLike: undefined });
    },
  };
}

/** The offset of the first unpaired surrogate, or -1. */
function loneSurrogateAt(text: string): number {
  return text.isWellFormed() ? -1 : text.search(/\p{Surrogate}/u);
}

function windowsDecoder(): Decoder {
  const position = newPosition();
  return {
    add(bytes) {
      let text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
      const bad = text.search(/[\u0081\u008d\u008f\u0090\u009d]/);
      if (bad !== -1) {
        position.pass(text.slice(0, bad));
        throw new BadBytesError({
          ...position.place(),
          found: `the byte 0x${hex(text.charCodeAt(bad))}`,
          looksLike: undefined,
        });
      }
      text = text.replaceAll(/[\u0080-\u009f]/g, (c) => WINDOWS_1252.charAt(c.charCodeAt(0) - 128));
      position.pass(text);
      return text;
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
    /** The same for valid UTF-8, without decoding it. */
    passBytes(bytes: Uint8Array): void {
      if (bytes.byteLength > 0) this.pass(Buffer.from(bytes).toString('latin1'));
    },
    place: () => ({ line, column: lineLength + 1 }),
  };
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
