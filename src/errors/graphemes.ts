let segmenter: Intl.Segmenter | undefined;

/** The characters of a text as people see them, some of several code points. */
export function* graphemes(text: string): Generator<string> {
  // Made on first use: it takes several milliseconds, and most runs show nothing but ASCII.
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { segment } of segmenter.segment(text)) yield segment;
}
