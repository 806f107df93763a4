export const BEGINNING_BYTES = 4096;

/**
 * Whether a file that starts with these bytes is an earlier output, which may be discarded:
 * records, a JSON document, or empty. A power cut may leave NUL bytes if the
 * length was saved but not the content, and a torn write only the first few bytes.
 */
export function beginsLikeResults(beginning: Uint8Array): boolean {
  const from = beginning.findIndex((byte) => !BEFORE_TEXT.has(byte));
  const start = from < 0 ? [] : beginning.subarray(from, from + RECORD_START.length);
  return start.every((byte, at) => byte === 0 || byte === RECORD_START[at]);
}

/** The first keys of a record and a JSON document. The serializer writes them in a fixed order. */
const RECORD_START: Uint8Array = new TextEncoder().encode('{"v":1,');

/** Byte order mark, tab, line break, space: an editor may have added them. */
const BEFORE_TEXT = new Set([0xef, 0xbb, 0xbf, 0x09, 0x0a, 0x0d, 0x20]);
