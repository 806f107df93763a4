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
 * Splits a stream of UTF-8 at `\n` and `\r\n` only (not at U+2028), with one line in memory at a time. Invalid bytes
 * become U+FFFD. Throws `LineTooLongError`.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  { maxLineBytes = MAX_LINE_BYTES }: { readonly maxLineBytes?: number } = {},
): AsyncGenerator<Line> {
  for await (const batch of splitLineBatches(chunks, { maxLineBytes })) yield* batch;
}

/** Yields all lines of a chunk together, because awaiting each line would take most of the time. */
export async function* splitLineBatches(
  chunks: AsyncIterable<Uint8Array>,
  { maxLineBytes = MAX_LINE_BYTES }: { readonly maxLineBytes?: number } = {},
): AsyncGenerator<readonly Line[]> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let number = 0;
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      number += 1;
      if (pendingBytes + end - start > maxLineBytes) {
        yield lines;
        throw new LineTooLongError(number);
      }
      lines.push({ text: decoded([...pending, chunk.subarray(start, end)], number === 1), number });
      if (pendingBytes > 0) [pending, pendingBytes] = [[], 0];
      start = end + 1;
    }
    if (start < chunk.byteLength) {
      pending.push(chunk.subarray(start));
      pendingBytes += chunk.byteLength - start;
    }
    if (lines.length > 0) yield lines;
    if (pendingBytes > maxLineBytes) throw new LineTooLongError(number + 1);
  }
  if (pendingBytes > 0) {
    number += 1;
    yield [{ text: decoded(pending, number === 1), number }];
  }
}

const MAX_LINE_BYTES = 16 * 1024 * 1024;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function decoded(parts: readonly Uint8Array[], isFirst: boolean): string {
  const [only] = parts;
  const bytes = parts.length === 1 && only ? only : Buffer.concat(parts);
  const hasReturn = bytes[bytes.byteLength - 1] === CARRIAGE_RETURN;
  const text = decoder.decode(hasReturn ? bytes.subarray(0, -1) : bytes);
  return isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text;
}
