/**
 * Makes an untrusted value safe to use within other text: control characters, line and paragraph
 * separators, bidirectional overrides and invisible characters become escapes (`\x1b`, `\u202e`).
 * Newlines, tabs and the joiners within Persian, Hindi or emoji stay, and so do all other
 * characters. The whole text is made safe when it is written: see `sanitized`.
 */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, escaped);
}

/** Like `printable`, on one line and for names: newlines, tabs and joiners are escaped as well. */
export function printableLine(text: string): string {
  return text.replaceAll(UNSAFE_IN_LINE, escaped);
}

/**
 * C0 except tab and newline, DEL, C1, soft hyphen, zero-width and bidi controls, separators that
 * some programs treat as newlines, joiners, tags, and lone surrogates.
 */
const UNSAFE_CLASS =
  '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5' +
  '\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb' +
  '\\u{e0000}-\\u{e0fff}\\p{Surrogate}';
/** What a joiner may join. */
const JOINED = `[^\\u0000-\\u007f\\p{Z}${UNSAFE_CLASS}]`;
const JOINER = `(?<=${JOINED})[\\u200c\\u200d](?=${JOINED})`;
const UNSAFE = new RegExp(`[${UNSAFE_CLASS}](?<!${JOINER})`, 'gu');
const UNSAFE_IN_LINE = new RegExp(`[\\t\\n${UNSAFE_CLASS}]`, 'gu');

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

let segmenter: Intl.Segmenter | undefined;

/** The visible characters of a string. Each may consist of several code points. */
export function* graphemes(text: string): Generator<string> {
  // Created on first use: it takes several milliseconds, and most runs only show ASCII.
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { segment } of segmenter.segment(text)) yield segment;
}
