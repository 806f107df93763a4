import { schemasIn } from '../plan/estimate-input-tokens.ts';
import type { PromptRequest } from '../plan/task.ts';
import {
  familyFactors,
  tokenFamily,
  type TokenFamily,
  loadTokenizer,
  type CountTokens,
} from './tokenizer.ts';

/** An estimated number of tokens: whole numbers, `low ≤ expected ≤ high`. */
export interface TokenRange {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

export interface TokenEstimator {
  /** Estimates the number of tokens in a string. */
  ofText(text: string, family: TokenFamily): TokenRange;
  /** Does the same for a string that many requests share, which is counted only once. */
  ofShared(text: string, family: TokenFamily): TokenRange;
  /**
   * Estimates a request, including the overhead of the wire format. Contexts and system texts are
   * counted only once.
   */
  ofRequest(request: PromptRequest): TokenRange;
}

/**
 * `tokens` counts in o200k; `bytes` assumes four bytes per token, which takes no memory but gives a
 * wider range.
 */
export type CountingMode = 'tokens' | 'bytes';

/**
 * Beyond `mostCharacters`, the number of tokens is extrapolated from those counted. Counting a
 * million characters takes a tenth of a second.
 */
export async function createTokenEstimator(
  mode: CountingMode,
  { mostCharacters = Infinity }: { readonly mostCharacters?: number } = {},
): Promise<TokenEstimator> {
  const count = mode === 'tokens' ? upTo(mostCharacters, await loadTokenizer()) : quarterOfBytes;
  const spread = mode === 'tokens' ? 0 : 0.25;
  const ofText = (text: string, family: TokenFamily): TokenRange =>
    rangeOf(text, { count, family, spread });
  const ofShared = remembered(ofText);
  return {
    ofText,
    ofShared,
    ofRequest(request) {
      const { model, context, system, earlier = [], prompt, attachments = [] } = request;
      const family = tokenFamily(model);
      const shared = [context, system, ...schemasIn(request)].filter(
        (text) => text !== undefined && text !== '',
      );
      const said = [...earlier.map(({ content }) => content), prompt];
      return [
        ...shared.map((text) => ofShared(text ?? '', family)),
        ...said.map((text) => ofText(text, family)),
      ]
        .concat(attachments.map(({ tokens }) => tokens))
        .map(withFrame)
        .reduce(sum, ENVELOPE);
    },
  };
}

/** The composition of a string, as shares from 0 to 1. */
interface Mixture {
  readonly code: number;
  readonly cjk: number;
  /** The share of scripts without a measured factor, from Greek to emoji. */
  readonly unmeasured: number;
}

/** What roles, separators and the start of the answer add to a request and each of its strings. */
const ENVELOPE: TokenRange = { low: 0, expected: 4, high: 12 };
const FRAME: TokenRange = { low: 0, expected: 3, high: 8 };

/** A sample of this many characters is enough to see the composition of a string. */
const SAMPLE = 4096;
/** The most tokens per character of an unmeasured script in any current tokenizer. */
const MOST_PER_CHARACTER = 1.5;
/** How many contexts and system texts are remembered; a manifest has few. */
const MEMORY = 32;

function rangeOf(
  text: string,
  { count, family, spread }: { count: CountTokens; family: TokenFamily; spread: number },
): TokenRange {
  const counted = count(text);
  if (counted === 0) return { low: 0, expected: 0, high: 0 };
  const factors = familyFactors[family];
  const { code, cjk, unmeasured } = mixtureOf(text);
  const western = factors.prose + (factors.code - factors.prose) * code;
  const exact = counted * (western + (factors.cjk - western) * cjk);
  const low = Math.floor(exact * (1 - factors.below) * (1 - spread));
  const doubt = family === 'openai' ? 0 : unmeasured * text.length * MOST_PER_CHARACTER;
  const high = Math.ceil((exact * (1 + factors.above) + doubt) * (1 + spread));
  return { low, expected: Math.round(exact), high: Math.max(high, Math.round(exact)) };
}

/** Samples up to 4096 characters from the middle, which is more typical than the ends. */
function mixtureOf(text: string): Mixture {
  const start = Math.max(0, Math.floor((text.length - SAMPLE) / 2));
  const end = Math.min(text.length, start + SAMPLE);
  let cjk = 0;
  let symbols = 0;
  let unmeasured = 0;
  for (let index = start; index < end; index += 1) {
    const unit = text.charCodeAt(index);
    if (isCjk(unit)) cjk += 1;
    else if (unit >= FIRST_UNMEASURED) unmeasured += isPunctuation(unit) ? 0 : 1;
    else if (isCodeSymbol(unit)) symbols += 1;
  }
  const cjkShare = cjk / (end - start);
  const western = Math.max(1, end - start - cjk);
  return {
    // Symbols make up about 2% of prose, but 10 to 20% of source code.
    code: clamp((symbols / western - 0.04) / 0.06),
    // A CJK character takes about three times as many tokens as a Latin one.
    cjk: (3 * cjkShare) / (1 + 2 * cjkShare),
    unmeasured: unmeasured / (end - start),
  };
}

/** The first character of Greek; Latin letters and accents come before it. */
const FIRST_UNMEASURED = 0x370;

/** Dashes, quotes, ellipses, and CJK punctuation. */
function isPunctuation(unit: number): boolean {
  return (
    (unit >= 0x2000 && unit <= 0x206f) ||
    (unit >= 0x3000 && unit <= 0x303f) ||
    (unit >= 0xff00 && unit <= 0xff65)
  );
}

function isCjk(unit: number): boolean {
  return (
    (unit >= 0x3040 && unit <= 0x30ff) ||
    (unit >= 0x3400 && unit <= 0x9fff) ||
    (unit >= 0xac00 && unit <= 0xd7af) ||
    (unit >= 0xf900 && unit <= 0xfaff)
  );
}

/** Brackets, operators and other characters that are rare in prose. */
function isCodeSymbol(unit: number): boolean {
  return CODE_SYMBOLS.has(unit);
}

const CODE_SYMBOLS: ReadonlySet<number> = new Set(
  Array.from('{}()[]<>=+*/\\|&^%$#@~_;`"', (symbol) => symbol.charCodeAt(0)),
);

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function upTo(mostCharacters: number, count: CountTokens): CountTokens {
  const counted = { characters: 0, tokens: 0 };
  return (text) => {
    if (counted.characters >= mostCharacters) {
      return Math.ceil((text.length * counted.tokens) / counted.characters);
    }
    const tokens = count(text);
    counted.characters += text.length;
    counted.tokens += tokens;
    return tokens;
  };
}

function quarterOfBytes(text: string): number {
  return Math.ceil(Buffer.byteLength(text, 'utf8') / 4);
}

function withFrame(range: TokenRange): TokenRange {
  return sum(range, FRAME);
}

function sum(one: TokenRange, other: TokenRange): TokenRange {
  return {
    low: one.low + other.low,
    expected: one.expected + other.expected,
    high: one.high + other.high,
  };
}

type OfText = TokenEstimator['ofText'];

/**
 * Uses the text itself as the key: strings cache their hash, so a known text is found without
 * reading it again.
 */
function remembered(ofText: OfText): OfText {
  const families = new Map<TokenFamily, Map<string, TokenRange>>();
  return (text, family) => {
    const known = families.get(family) ?? new Map<string, TokenRange>();
    families.set(family, known);
    const found = known.get(text);
    if (found) return found;
    const [oldest] = known.size >= MEMORY ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    const range = ofText(text, family);
    known.set(text, range);
    return range;
  };
}
