/** How many bytes of a file `beginsLikeResults` wants to see. */
export const BEGINNING_BYTES = 4096;

/**
 * Whether a file that begins so is an earlier output, and so may be discarded: records or a JSON
 * document, results as text, or nothing yet. A power cut leaves NUL bytes where it kept the length
 * and not the content, and a torn write only the first few bytes.
 */
export function beginsLikeResults(beginning: Uint8Array): boolean {
  const from = beginning.findIndex((byte) => !BEFORE_TEXT.has(byte));
  const start = from < 0 ? [] : beginning.subarray(from, from + RECORD_START.length);
  if (start.every((byte, at) => byte === 0 || byte === RECORD_START[at])) return true;
  return TEXT_START.test(new TextDecoder().decode(beginning));
}

/** Keys of a record and of a JSON document: the serializer writes them in a fixed order. */
const RECORD_START: Uint8Array = new TextEncoder().encode('{"v":1,');

/** A byte order mark, tab, line end, space: an editor may have left them. */
const BEFORE_TEXT = new Set([0xef, 0xbb, 0xbf, 0x09, 0x0a, 0x0d, 0x20]);

/** The heading of a result in the text format. */
const TEXT_START = /^[✓✗↓] .* · (?:succeeded|failed|canceled|skipped)\n/u;
