/** Counts the tokens of a text. */
export type CountTokens = (text: string) => number;

/**
 * OpenAI's o200k, exact but for runs without a break: those are counted in pieces of 512 characters,
 * as the merging of one run takes quadratic time. The error is below 0.1 %.
 * The tables take 77 MB and 0.2 s to load, so they load on first use.
 */
export async function loadTokenizer(): Promise<CountTokens> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  // Else a text that speaks of `<|endoftext|>` throws.
  const options = { disallowedSpecial: new Set<string>() };
  return (text) => {
    let tokens = 0;
    for (const piece of boundedRuns(text)) tokens += countTokens(piece, options);
    return tokens;
  };
}

const LONGEST_RUN = 512;

/**
 * The text in order, cut where 512 characters went by without the start of a word. The tokenizer
 * never merges across the start of a word, so that no piece of it is longer, whatever the text.
 */
export function* boundedRuns(text: string): Generator<string> {
  let start = 0;
  let runStart = 0;
  let afterBlank = true;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (afterBlank && startsWord(unit)) runStart = index;
    else if (index - runStart >= LONGEST_RUN && !tearsCharacter(text, index)) {
      yield text.slice(start, index);
      start = index;
      runStart = index;
    }
    afterBlank = unit === SPACE || unit === NEWLINE;
  }
  if (start < text.length) yield text.slice(start);
}

const SPACE = 0x20;
const NEWLINE = 0x0a;

function startsWord(unit: number): boolean {
  return WORD.test(String.fromCharCode(unit));
}

const WORD = /[\p{L}\p{N}]/u;

/** Whether a cut here would part the two halves of a character outside the basic plane. */
function tearsCharacter(text: string, index: number): boolean {
  return (text.codePointAt(index - 1) ?? 0) > 0xffff;
}
