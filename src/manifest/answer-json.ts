import { withoutThoughts } from './thoughts.ts';

/**
 * The parts of an answer that may be the JSON that was asked for, the surest first: each list is one
 * way to read it, and later ones are for answers that earlier ones make nothing of. Models that are
 * only asked for JSON think aloud, wrap it in code fences, or say something before and after.
 */
export function jsonReadings(answer: string): ReadonlyArray<readonly string[]> {
  const text = answer.replace(/^\uFEFF/u, '');
  const spoken = withoutThoughts(text);
  return [[text], [spoken], fenced(spoken), spans(spoken)];
}

/** More are not an answer but a list of examples. */
const MOST_PARTS = 20;

/** What is in code fences. */
function fenced(text: string): readonly string[] {
  return text
    .split(/^[ \t]*(?:```|~~~)[^\n]*$/mu)
    .filter((_, at) => at % 2 === 1)
    .slice(0, MOST_PARTS);
}

/** Objects and lists that stand in a text, outermost ones only. */
function spans(text: string): readonly string[] {
  const found: string[] = [];
  let from = 0;
  for (let round = 0; round < MOST_PARTS && found.length < MOST_PARTS; round += 1) {
    const { closed, openedAt } = closedSpans(text, from);
    found.push(...closed);
    // A stray bracket that never closes: what follows it may still be whole.
    if (openedAt === undefined) break;
    from = openedAt + 1;
  }
  return found.slice(0, MOST_PARTS);
}

/** Spans that close, and the place of an outermost bracket that does not. */
function closedSpans(
  text: string,
  from: number,
): { readonly closed: readonly string[]; readonly openedAt: number | undefined } {
  const closed: string[] = [];
  let depth = 0;
  let start = from;
  let isQuoted = false;
  for (let at = from; at < text.length; at += 1) {
    const unit = text[at];
    if (isQuoted) {
      if (unit === '\\') at += 1;
      else if (unit === '"') isQuoted = false;
    } else if (unit === '{' || unit === '[') {
      if (depth === 0) start = at;
      depth += 1;
    } else if (depth > 0 && unit === '"') {
      isQuoted = true;
    } else if (depth > 0 && (unit === '}' || unit === ']')) {
      depth -= 1;
      if (depth === 0) closed.push(text.slice(start, at + 1));
    }
  }
  return { closed, openedAt: depth > 0 ? start : undefined };
}
