import { cacheNote, type CacheNote } from './cache-diagnosis.ts';
import { isObject, textAt, type JsonObject } from '../ports/json-shape.ts';
import type { AttemptOutcome, Usage } from './provider.ts';
import { isApart, USAGE_FIELDS, USAGE_PLACES, type TokenCount } from './usage-fields.ts';

/** The token counts of an answer, under any names. Missing and invalid ones are undefined. */
export interface ReportedUsage {
  /** Neither read from nor written to a cache. */
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** All tokens, if some part is undefined. */
  readonly totalTokens: number | undefined;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheWriteLongTokens: number;
  readonly reasoningTokens: number;
  readonly tier?: string | undefined;
  readonly cacheNote?: CacheNote | undefined;
}

/** Reads the usage of an answer, with any vendor's names. */
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

interface Counts {
  readonly counts: ReadonlyMap<TokenCount, number>;
  /** Whether the names of the fields say that cached tokens are not included in the input. */
  readonly isApart: boolean;
}

function countsIn(usage: JsonObject): Counts {
  const counts = new Map<TokenCount, number>();
  let hasApart = false;
  // Looking up the few counts that are there is faster than trying all names.
  for (const [path, value] of valuesIn(usage)) {
    const means = USAGE_FIELDS.get(path);
    const count = countOf(value);
    if (means === undefined || count === undefined) continue;
    // Of two names with the same meaning, the higher count wins.
    counts.set(means, Math.max(count, counts.get(means) ?? 0));
    hasApart ||= isApart(path) && count > 0;
  }
  // Gateways add Anthropic's names to a `prompt_tokens` that already includes them.
  const isTotal = countOf(usage['prompt_tokens']) !== undefined;
  return { counts, isApart: hasApart && !isTotal };
}

const MOST_LEVELS = Math.max(...[...USAGE_FIELDS.keys()].map((path) => path.split('.').length));

/** The values in an object and in objects within it, each with its keys joined by dots. */
function* valuesIn(
  object: JsonObject,
  levels = MOST_LEVELS,
  prefix = '',
): Generator<readonly [path: string, value: unknown]> {
  for (const [key, value] of Object.entries(object)) {
    if (!isObject(value)) yield [prefix + key, value];
    else if (levels > 1) yield* valuesIn(value, levels - 1, `${prefix}${key}.`);
  }
}

/**
 * Decides whether the input includes cached tokens and the output includes reasoning: by the
 * totals, then by what is possible, then by the names.
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
  // xAI and Gemini report reasoning next to the output.
  const isReasoningOnTop =
    reasoning > (output ?? 0) || total === (allInput ?? 0) + (output ?? 0) + reasoning;
  return {
    inputTokens: allInput === undefined ? undefined : allInput - cached,
    outputTokens: isReasoningOnTop && reasoning > 0 ? (output ?? 0) + reasoning : output,
    totalTokens: total === 0 ? undefined : total,
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

/** A higher count is an error. */
const MOST_TOKENS = 1e9;

/**
 * A number of 0 or more, even as a string; fractions are rounded up. Undefined for anything else.
 */
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

/** The usage that came with an attempt's outcome; undefined if the model did no work. */
export function usageOf(outcome: AttemptOutcome): Usage | undefined {
  if (outcome.kind === 'answered') return outcome.answer.usage;
  return outcome.kind === 'incomplete' ? outcome.usage : outcome.failure.usage;
}

/** What several attempts used together. */
export function addUsage(sum: Usage | undefined, more: Usage | undefined): Usage | undefined {
  if (!sum || !more) return sum ?? more;
  return {
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    cacheReadTokens: sum.cacheReadTokens + more.cacheReadTokens,
    cacheWriteTokens: sum.cacheWriteTokens + more.cacheWriteTokens,
    cacheWriteLongTokens: sum.cacheWriteLongTokens + more.cacheWriteLongTokens,
    reasoningTokens: sum.reasoningTokens + more.reasoningTokens,
    ...((sum.isEstimated ?? more.isEstimated) ? { isEstimated: true } : {}),
  };
}
