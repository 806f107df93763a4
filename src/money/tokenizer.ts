import type { ModelName } from '../manifest/manifest.ts';

export type CountTokens = (text: string) => number;

/**
 * OpenAI's o200k. Counts are exact except in runs without a word break, which are counted in pieces
 * of 512 characters because merging a run takes quadratic time. The error is below 0.1%. The tables
 * take 77 MB and 0.2 s to load, so they are loaded on first use.
 */
export async function loadTokenizer(): Promise<CountTokens> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  // Without this option, text that contains `<|endoftext|>` throws.
  const options = { disallowedSpecial: new Set<string>() };
  return (text) => {
    let tokens = 0;
    for (const piece of boundedRuns(text)) tokens += countTokens(piece, options);
    return tokens;
  };
}

const LONGEST_RUN = 512;

/**
 * Splits text wherever no word starts within 512 characters. The tokenizer never merges across the
 * start of a word, so all pieces that it has to merge are bounded.
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

/** Whether a cut here would split a surrogate pair. */
function tearsCharacter(text: string, index: number): boolean {
  return (text.codePointAt(index - 1) ?? 0) > 0xffff;
}

/** Models with approximately the same tokenizer, for converting counts in o200k. */
export type TokenFamily = 'openai' | 'openai_old' | 'claude' | 'claude_old' | 'other';

/** Tokens of the family per o200k token, by kind of text. */
interface FamilyFactors {
  readonly prose: number;
  readonly code: number;
  readonly cjk: number;
  /** The possible error below and above the expected count, as a share of it. */
  readonly below: number;
  readonly above: number;
}

/**
 * OpenAI's tokenizer is o200k itself. The factors of older Claude models are measured with their
 * public tokenizer. The newer tokenizer is not public; according to its documentation, it produces
 * about 30% more tokens. The factors of other models are an average.
 */
export const familyFactors: Readonly<Record<TokenFamily, FamilyFactors>> = {
  openai: { prose: 1, code: 1, cjk: 1, below: 0.02, above: 0.02 },
  openai_old: { prose: 1, code: 1, cjk: 1.4, below: 0.05, above: 0.1 },
  claude: { prose: 1.3, code: 1.6, cjk: 1.95, below: 0.2, above: 0.15 },
  claude_old: { prose: 1.01, code: 1.25, cjk: 1.5, below: 0.08, above: 0.1 },
  other: { prose: 1.15, code: 1.15, cjk: 1.15, below: 0.2, above: 0.35 },
};

/**
 * Determined by the model's own name, whichever provider serves it: `openrouter/anthropic/claude-…`
 * is a Claude model.
 */
export function tokenFamily({ provider, model }: ModelName): TokenFamily {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  if (name.startsWith('claude')) return isOldClaude(name) ? 'claude_old' : 'claude';
  if (/^(?:gpt-4(?![.o])|gpt-3)/.test(name)) return 'openai_old';
  if (/^(?:gpt-|chatgpt-|chat-latest|codex|o\d)/.test(name)) return 'openai';
  return provider === 'openai' ? 'openai' : provider === 'anthropic' ? 'claude' : 'other';
}

/** Opus from 4.7, Sonnet and Haiku from 5, and all Fable models have the newer tokenizer. */
function isOldClaude(name: string): boolean {
  const version = /^claude-(?:opus|sonnet|haiku)-(\d+)(?:[-.](\d{1,2})(?!\d))?/.exec(name);
  if (!version) return /^claude-(?:[123]|instant)/.test(name);
  const [, major = '0', minor = '0'] = version;
  const number = Number(major) + Number(minor) / 100;
  return number < (name.includes('opus') ? 4.07 : 5);
}
