import { finishReasons } from '../generated/vendor-facts.ts';

/** The meaning of a vendor's word for why an answer ended. */
export type Ending =
  | 'finished'
  /** The answer reached `max_tokens`. */
  | 'full'
  /** The answer filled the model's context window. */
  | 'window'
  | 'refused'
  | 'filtered'
  | 'tool'
  /** The model paused its turn and expects a request to continue it. */
  | 'paused'
  | 'overloaded'
  /** The answer broke off. */
  | 'broken'
  /** The server is still working. */
  | 'unfinished';

const MEANINGS = new Map<string, Ending>(Object.entries(finishReasons));

/** Parts of unlisted words and their meanings. */
const TELLING_PARTS: ReadonlyArray<readonly [part: RegExp, means: Ending]> = [
  [/context|window/u, 'window'],
  [/length|limit|max_|truncat/u, 'full'],
  [/filter|safety|moderat|prohibit|block|sensitiv|policy|guardrail/u, 'filtered'],
  [/refus/u, 'refused'],
  [/overload|capacity|resource/u, 'overloaded'],
  [/error|fail|abort|cancel|timeout|interrupt/u, 'broken'],
  [/tool|function/u, 'tool'],
];

/** Undefined if there is no word, or a meaningless one. */
export function endingOf(word: string | undefined): Ending | undefined {
  const known = MEANINGS.get(word ?? '');
  if (known) return known;
  const plain = plainWord(word);
  if (plain === undefined) return undefined;
  return MEANINGS.get(plain) ?? TELLING_PARTS.find(([part]) => part.test(plain))?.[1];
}

export function unknownWord(word: string | undefined): string | undefined {
  return plainWord(word) === undefined ? undefined : word;
}

/** `FINISH_REASON_STOP` to `stop`, `content-filter` to `content_filter`, and so on. */
function plainWord(word: string | undefined): string | undefined {
  const plain = (word ?? '')
    .trim()
    .replaceAll(/([a-z])([A-Z])/gu, '$1_$2')
    .toLowerCase()
    .replaceAll(/[\s-]+/gu, '_')
    .replace(/^(?:finish|stop)_?reason[_.]/u, '');
  return NO_WORDS.has(plain) ? undefined : plain;
}

const NO_WORDS: ReadonlySet<string> = new Set([
  '',
  'null',
  'none',
  'undefined',
  'nil',
  'unspecified',
  'unknown',
  'other',
]);
