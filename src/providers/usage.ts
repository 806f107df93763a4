import { roughRequestTokens, roughTokens } from '../plan/estimate-input-tokens.ts';
import type { PromptRequest } from '../plan/task.ts';
import { cacheNote, type CacheNote } from './cache-diagnosis.ts';
import { isObject, textAt } from './json-shape.ts';
import type { JsonObject } from './json-shape.ts';
import type { Usage } from './provider.ts';
import { USAGE_FIELDS, USAGE_PLACES, type TokenCount } from './usage-fields.ts';

/** Tokens as an answer reports them, under whatever names. What it leaves out, or garbles, is undefined. */
export interface ReportedUsage {
  /** Neither read from nor written to a cache. */
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** All tokens, where a part of them is undefined. */
  readonly totalTokens: number | undefined;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheWriteLongTokens: number;
  readonly reasoningTokens: number;
  readonly tier?: string | undefined;
  readonly cacheNote?: CacheNote | undefined;
}

/** Reads the usage of an answer, whichever vendor's names it has. */
export function reportedUsage(body: JsonObject): ReportedUsage {
  for (const place of USAGE_PLACES) {
    const usage = valueAt(body, place);
    const found = isObject(usage) ? countsIn(usage) : undefined;
    if (found && found.counts.size > 0) {
      const tier = textAt(body, 'service_tier');
      return { ...withoutOverlap(found), tier, cacheNote: cacheNote(body) };
    }
  }
  return withoutOverlap({ counts: new Map(), isApart: false });
}

/** The usage to count for an answer that reports none. */
export function estimatedUsage(request: PromptRequest, text: string): Usage {
  return completeUsage(reportedUsage({}), { request, text, reasoning: '', isFull: false });
}

/** What an answer shows of the work that was done for it. */
export interface AnswerWork {
  readonly request: PromptRequest;
  readonly text: string;
  /** What the model wrote while it was thinking, as far as the answer shows it. */
  readonly reasoning: string;
  /** It stopped at `max_tokens`. */
  readonly isFull: boolean;
}

/**
 * The usage to count: what was reported, and an estimate of the rest. What cannot be (no tokens for a
 * text that is there, a total far beyond `max_tokens`) is estimated as well.
 */
export function completeUsage(reported: ReportedUsage, work: AnswerWork): Usage {
  const { totalTokens, cacheReadTokens, cacheWriteTokens, cacheWriteLongTokens } = reported;
  const cached = cacheReadTokens + cacheWriteTokens;
  const given = reported.inputTokens;
  const isSilent = work.text + work.reasoning === '';
  const isInputKnown = given !== undefined && (given + cached > 0 || isSilent);
  const roughInput = Math.max(0, roughRequestTokens(work.request) - cached);
  const inputTokens = isInputKnown ? given : Math.min(roughInput, totalTokens ?? Infinity);
  const byTotal = totalTokens === undefined ? 0 : totalTokens - inputTokens - cached;
  const output = outputOf(reported, byTotal, work);
  return {
    inputTokens,
    outputTokens: output.tokens,
    cacheReadTokens,
    cacheWriteTokens,
    cacheWriteLongTokens: Math.min(cacheWriteLongTokens, cacheWriteTokens),
    reasoningTokens: Math.min(reported.reasoningTokens, output.tokens),
    ...(reported.tier !== undefined && { tier: reported.tier }),
    ...(isInputKnown && output.isKnown ? {} : { isEstimated: true }),
    ...(reported.cacheNote && { cacheNote: reported.cacheNote }),
  };
}

/** xAI and Gemini leave reasoning out of the output, but not out of the total. */
function outputOf(
  reported: ReportedUsage,
  byTotal: number,
  work: AnswerWork,
): { readonly tokens: number; readonly isKnown: boolean } {
  const { outputTokens = 0 } = reported;
  const { maxTokens = Infinity } = work.request.parameters;
  const isPossible = byTotal <= Math.max(maxTokens, outputTokens);
  const tokens = isPossible ? Math.max(outputTokens, byTotal) : outputTokens;
  if (tokens > 0) return { tokens, isKnown: isPossible };
  const isSilent = work.text + work.reasoning === '' && reported.outputTokens !== undefined;
  return isSilent
    ? { tokens: 0, isKnown: isPossible }
    : { tokens: roughOutput(work), isKnown: false };
}

/** A model that was asked to think, and does not show it, may have written up to `max_tokens`. */
function roughOutput({ request, text, reasoning, isFull }: AnswerWork): number {
  const { maxTokens = 0, reasoning: effort = 'none' } = request.parameters;
  const shown = Math.ceil(roughTokens(text + reasoning));
  const isHidden = effort !== 'none' && reasoning === '';
  return isFull || isHidden ? Math.max(shown, maxTokens) : shown;
}

interface Counts {
  readonly counts: ReadonlyMap<TokenCount, number>;
  /** By their names, cached tokens come on top of the input. */
  readonly isApart: boolean;
}

function countsIn(usage: JsonObject): Counts {
  const counts = new Map<TokenCount, number>();
  const paths = new Set<string>();
  for (const { means, path, isApart } of USAGE_FIELDS) {
    const count = countOf(valueAt(usage, path));
    if (count === undefined) continue;
    // If two names mean the same, the one that costs more.
    counts.set(means, Math.max(count, counts.get(means) ?? 0));
    if (isApart === true && count > 0) paths.add(path);
  }
  // Gateways add Anthropic's names to a `prompt_tokens` that has them inside.
  const isTotal = countOf(usage['prompt_tokens']) !== undefined;
  return { counts, isApart: paths.size > 0 && !isTotal };
}

/**
 * Whether cached tokens are inside the input or come on top of it, and reasoning inside the output or
 * on top: the totals decide, then what is possible at all, then the names.
 */
function withoutOverlap({ counts, isApart }: Counts): ReportedUsage {
  const input = counts.get('input');
  const output = counts.get('output');
  const total = counts.get('total');
  const reasoning = counts.get('reasoning') ?? 0;
  const long = counts.get('cacheWriteLong') ?? 0;
  const short = counts.get('cacheWriteShort') ?? 0;
  const read = counts.get('cacheRead') ?? 0;
  const write = Math.max(counts.get('cacheWrite') ?? 0, long + short);
  const cached = read + write;
  const isOnTop = cached > 0 && areOnTop({ input, output, total, cached, isApart });
  const allInput = input === undefined ? undefined : input + (isOnTop ? cached : 0);
  return {
    inputTokens: allInput === undefined ? undefined : allInput - cached,
    outputTokens: reasoning > (output ?? 0) ? (output ?? 0) + reasoning : output,
    totalTokens: total,
    cacheReadTokens: read,
    cacheWriteTokens: write,
    cacheWriteLongTokens: long,
    reasoningTokens: reasoning,
  };
}

function areOnTop(known: {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly total: number | undefined;
  readonly cached: number;
  readonly isApart: boolean;
}): boolean {
  const { input, output = 0, total, cached, isApart } = known;
  if (input === undefined) return isApart;
  if (cached > input) return true;
  if (total === input + output) return false;
  return total === input + output + cached || isApart;
}

/** No answer has as many: more is a mistake. */
const MOST_TOKENS = 1e9;

/** A number from 0, also as a text; part of a token counts as a whole one. Undefined when it is anything else. */
function countOf(value: unknown): number | undefined {
  const text = typeof value === 'string' ? value.trim() : undefined;
  const number =
    text !== undefined && /^\d{1,15}(?:\.\d{1,15})?$/u.test(text) ? Number(text) : value;
  if (typeof number !== 'number' || !(number >= 0 && number <= MOST_TOKENS)) return undefined;
  return Math.ceil(number);
}

function valueAt(value: unknown, path: string): unknown {
  if (path === '') return value;
  return path.split('.').reduce<unknown>((found, key) => {
    if (Array.isArray(found)) return found[Number(key)];
    return isObject(found) ? found[key] : undefined;
  }, value);
}
