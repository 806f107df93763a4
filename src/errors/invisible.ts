/** Characters without a glyph. */
const NO_GLYPH =
  '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e' +
  '\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\u{e0000}-\\u{e0fff}';
const ODD_SPACE = '\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000';
const BLANK = new RegExp(`^[\\s${NO_GLYPH}]*$`, 'u');
const ODD_SPACES = new RegExp(`[${ODD_SPACE}]`, 'gu');
/**
 * Characters to remove. Persian and emoji use U+200C and U+200D to join characters, so these stay.
 */
const HIDDEN = new RegExp(`(?![\\u200c\\u200d\\ufe00-\\ufe0f])[${NO_GLYPH}]`, 'gu');

/** Whether the text has no visible characters. */
export function isBlank(text: string): boolean {
  return BLANK.test(text);
}

/** The name that was intended: without invisible characters, and with plain spaces. */
export function plainName(written: string): string {
  return written.replaceAll(HIDDEN, '').replaceAll(ODD_SPACES, ' ').trim();
}

/** The first character that `plainName` changes, if any: `a no-break space (U+00A0)`. */
export function oddCharacter(written: string): string | undefined {
  const at = Math.min(
    ...[HIDDEN, ODD_SPACES].map((pattern) => {
      const found = written.search(pattern);
      return found === -1 ? Infinity : found;
    }),
  );
  if (at === Infinity) return undefined;
  const code = written.codePointAt(at) ?? 0;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  if (code === 0xa0) return `a no-break space (${name})`;
  return written.charAt(at).trim() === '' && code !== 0xfeff
    ? `an unusual space (${name})`
    : `an invisible character (${name})`;
}

/** Escapes unusual spaces, to distinguish them from plain ones. */
export function withVisibleSpaces(text: string): string {
  return text.replaceAll(
    ODD_SPACES,
    (space) => `\\u${space.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
