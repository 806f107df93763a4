import type { Random } from '../ports/random.ts';

/** Three words take about four tokens. */
const WORDS_PER_TOKEN = 0.75;

/** Sentences of plain words that cost about `tokens` tokens. Never blank. */
export function madeUpText(tokens: number, random: Random): string {
  let left = Math.max(1, Math.round(tokens * WORDS_PER_TOKEN));
  const sentences: string[] = [];
  while (left > 0) {
    const length = Math.min(left, 5 + Math.floor(random() * 9));
    const words = Array.from({ length }, () => WORDS[Math.floor(random() * WORDS.length)] ?? 'so');
    const [first = 'So', ...rest] = words;
    sentences.push(`${[first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(' ')}.`);
    left -= length;
  }
  return sentences.join(' ');
}

const WORDS: readonly string[] =
  `a the this that each every some one two first second next last small large clear plain short long
  good better safe simple careful value result answer question reason example case line part step
  name list table file page test check change error limit request reply token model prompt task time
  day week place side point way order way kind form shape is are has holds keeps gives takes shows
  means needs makes finds reads writes sends waits stays turns fits works helps follows leads adds
  covers names and or but so then when where while because before after under over with without from
  to in on at by for of as well here there now often never always mostly again only also`
    .split(/\s+/u)
    .filter((word) => word !== '');
