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

function fenced(text: string): readonly string[] {
  return text
    .split(/^[ \t]*(?:```|~~~)[^\n]*$/mu)
    .filter((_, at) => at % 2 === 1)
    .slice(0, MOST_PARTS);
}

/** Objects and lists that are in a text, outermost ones only. */
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

/** How models mark what they think before they answer, where a server passes it on with the answer. */
const MARKS: ReadonlyArray<{
  readonly from: string;
  readonly to: string;
  readonly source: string;
}> = [
  {
    from: '<think>',
    to: '</think>',
    source: 'https://huggingface.co/deepseek-ai/DeepSeek-R1, Qwen3, GLM, MiniMax',
  },
  { from: '<thinking>', to: '</thinking>', source: 'https://docs.claude.com (prompted thinking)' },
  { from: '<thought>', to: '</thought>', source: 'https://ai.google.dev/gemini-api/docs/openai' },
  {
    from: '<reasoning>',
    to: '</reasoning>',
    source: 'https://docs.perplexity.ai, prompted reasoning',
  },
  {
    from: '<seed:think>',
    to: '</seed:think>',
    source: 'https://huggingface.co/ByteDance-Seed/Seed-OSS-36B-Instruct',
  },
  {
    from: '[THINK]',
    to: '[/THINK]',
    source: 'https://huggingface.co/mistralai/Magistral-Small-2509',
  },
  {
    from: '◁think▷',
    to: '◁/think▷',
    source: 'https://huggingface.co/moonshotai/Kimi-VL-A3B-Thinking',
  },
  {
    from: '<|channel|>analysis',
    to: '<|channel|>final<|message|>',
    source: 'https://cookbook.openai.com/articles/openai-harmony',
  },
];

/**
 * What a model says after it has thought aloud. The opening mark may be missing, as chat templates put
 * it at the end of the prompt; without a closing one, all that follows is thought.
 */
export function withoutThoughts(text: string): string {
  const start = text.trimStart();
  for (const { from, to } of MARKS) {
    const end = start.indexOf(to);
    if (start.startsWith(from)) return end < 0 ? '' : withoutThoughts(start.slice(end + to.length));
    if (end >= 0 && !start.slice(0, end).includes(from)) return start.slice(end + to.length);
  }
  return text;
}
