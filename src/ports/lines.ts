/** A line of a file or a stream, as bytes. */
export interface ByteLine {
  /** From 1. */
  readonly number: number;
  /** The offset of its first byte. */
  readonly offset: number;
  /** In bytes, including its `\n`. */
  readonly length: number;
  /** False for the bytes after the last `\n`. */
  readonly ended: boolean;
  /** Without the `\n`. Undefined if the line is longer than the caller's limit. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * Splits chunks at `\n`. All lines that a chunk completes come in one batch, because awaiting each
 * line would take most of the time. Chunks must not change after they were read. Memory is bounded
 * by `maxBytes`, the limit for a line.
 */
export async function* byteLines(
  chunks: AsyncIterable<Uint8Array>,
  {
    maxBytes,
    onTooLong,
  }: {
    readonly maxBytes: number;
    /** Called once it is known that a line is too long, before its end has been read. */
    readonly onTooLong?: (number: number) => void;
  },
): AsyncGenerator<readonly ByteLine[]> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let offset = 0;
  let number = 1;

  function take(end: Uint8Array, ended: boolean): ByteLine {
    const bytes = pendingBytes + end.byteLength;
    const whole = pendingBytes === 0 ? end : Buffer.concat([...pending, end]);
    const length = bytes + (ended ? 1 : 0);
    const line = { number, offset, length, ended, bytes: bytes > maxBytes ? undefined : whole };
    [pending, pendingBytes] = [[], 0];
    offset += length;
    number += 1;
    return line;
  }

  for await (const chunk of chunks) {
    const lines: ByteLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      lines.push(take(chunk.subarray(start, end), true));
      start = end + 1;
    }
    yield lines;
    if (start === chunk.byteLength) continue;
    pendingBytes += chunk.byteLength - start;
    if (pendingBytes <= maxBytes) pending.push(chunk.subarray(start));
    else {
      pending = [];
      onTooLong?.(number);
    }
  }
  if (pendingBytes > 0) yield [take(new Uint8Array(), false)];
}

export interface Line {
  /** Without its line break, and without a byte order mark in the first line. */
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** Thrown while iterating over lines if one is longer than the caller's limit. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
  readonly lineNumber: number;

  constructor(lineNumber: number) {
    super(`line ${lineNumber} is too long`);
    this.lineNumber = lineNumber;
  }
}

/**
 * Splits a stream of UTF-8 at `\n` and `\r\n` only (not at U+2028). Invalid bytes become U+FFFD.
 * Throws `LineTooLongError`.
 */
export async function* splitLineBatches(
  chunks: AsyncIterable<Uint8Array>,
  { maxLineBytes: maxBytes = MAX_LINE_BYTES }: { readonly maxLineBytes?: number } = {},
): AsyncGenerator<readonly Line[]> {
  for await (const batch of byteLines(chunks, { maxBytes, onTooLong })) {
    const lines: Line[] = [];
    for (const { bytes, number } of batch) {
      if (!bytes) {
        yield lines;
        return onTooLong(number);
      }
      lines.push({ text: decoded(bytes, number === 1), number });
    }
    if (lines.length > 0) yield lines;
  }
}

function onTooLong(number: number): never {
  throw new LineTooLongError(number);
}

const MAX_LINE_BYTES = 16 * 1024 * 1024;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function decoded(bytes: Uint8Array, isFirst: boolean): string {
  const hasReturn = bytes[bytes.byteLength - 1] === CARRIAGE_RETURN;
  const text = decoder.decode(hasReturn ? bytes.subarray(0, -1) : bytes);
  return isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text;
}
