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
