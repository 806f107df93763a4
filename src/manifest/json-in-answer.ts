/**
 * The parts of an answer that may be the requested JSON, most likely first. Each list comes from
 * one way to read the answer, and is tried only if the earlier lists give nothing. Models that are
 * asked for JSON in the prompt often think aloud, put the JSON in code fences, or add text before
 * and after it.
 */
export function jsonReadings(answer: string): ReadonlyArray<readonly string[]> {
  const text = answer.replace(/^\uFEFF/u, '');
  const spoken = withoutThoughts(text);
  return [[text], [spoken], fenced(spoken), spans(spoken)];
}

/** An answer with more parts than this is a list of examples. */
const MOST_PARTS = 20;

function fenced(text: string): readonly string[] {
  return text
    .split(/^[ \t]*(?:```|~~~)[^\n]*$/mu)
    .filter((_, at) => at % 2 === 1)
    .slice(0, MOST_PARTS);
}

/** The outermost objects and lists in a string. */
function spans(text: string): readonly string[] {
  const found: string[] = [];
  let from = 0;
  for (let round = 0; round < MOST_PARTS && found.length < MOST_PARTS; round += 1) {
    const { closed, openedAt } = spansFrom(text, from);
    found.push(...closed);
    // This bracket never closes, but a complete value may follow it.
    if (openedAt === undefined) break;
    from = openedAt + 1;
  }
  return found.slice(0, MOST_PARTS);
}

/** The outermost objects and lists in a string, up to a bracket that never closes. */
export function closedSpans(text: string): readonly string[] {
  return spansFrom(text, 0).closed.slice(0, MOST_PARTS);
}

/** Returns the spans that close, and the position of the first outermost bracket that does not. */
function spansFrom(
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

/** How models mark their reasoning if a server passes it on with the answer. */
const MARKS: ReadonlyArray<readonly [from: string, to: string]> = [
  ['<think>', '</think>'], // DeepSeek-R1, Qwen3, GLM, MiniMax
  ['<thinking>', '</thinking>'], // Claude with prompted thinking
  ['<thought>', '</thought>'], // https://ai.google.dev/gemini-api/docs/openai
  ['<reasoning>', '</reasoning>'], // https://docs.perplexity.ai
  ['<seed:think>', '</seed:think>'], // ByteDance Seed-OSS
  ['[THINK]', '[/THINK]'], // Magistral
  ['◁think▷', '◁/think▷'], // Kimi-VL-Thinking
  ['<|channel|>analysis', '<|channel|>final<|message|>'], // OpenAI harmony
];

/**
 * The answer after the model's reasoning. The opening mark may be missing, because chat templates
 * put it at the end of the prompt. Without a closing mark, the rest of the text is reasoning.
 */
export function withoutThoughts(text: string): string {
  const start = text.trimStart();
  for (const [from, to] of MARKS) {
    const end = start.indexOf(to);
    if (start.startsWith(from)) return end < 0 ? '' : withoutThoughts(start.slice(end + to.length));
    if (end >= 0 && !start.slice(0, end).includes(from)) return start.slice(end + to.length);
  }
  return text;
}
