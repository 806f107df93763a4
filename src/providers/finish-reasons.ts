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
  /** The server paused its turn and wants a request to continue it. */
  | 'paused'
  | 'overloaded'
  /** The answer broke off. */
  | 'broken'
  /** The server is still working. */
  | 'unfinished';

interface FinishReason {
  /** Lower case, with `_` between words. */
  readonly word: string;
  readonly means: Ending;
  readonly source: string;
}

const OPENAI = 'https://platform.openai.com/docs/api-reference/chat/object';
const RESPONSES = 'https://platform.openai.com/docs/api-reference/responses/object';
const ANTHROPIC = 'https://docs.claude.com/en/api/handling-stop-reasons';
const BEDROCK = 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html';
const COHERE = 'https://docs.cohere.com/reference/chat';
const DEEPSEEK = 'https://api-docs.deepseek.com/api/create-chat-completion';
const GEMINI = 'https://ai.google.dev/api/generate-content#FinishReason';
const LLAMA_CPP = 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server';
const MISTRAL = 'https://docs.mistral.ai/api';
const OPENROUTER = 'https://openrouter.ai/docs/api-reference/overview';
const TGI = 'https://huggingface.co/docs/text-generation-inference (FinishReason)';
const TITAN = 'https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html';
const TOGETHER = 'https://docs.together.ai/reference/chat-completions';
const VLLM = 'https://docs.vllm.ai/en/latest/api/vllm/v1/engine (FinishReason)';
const WATSONX = 'https://cloud.ibm.com/apidocs/watsonx-ai';
const ZHIPU = 'https://docs.z.ai/api-reference/llm/chat-completion';

/** Words of vendors and servers, as of November 2026. */
const FINISH_REASONS: readonly FinishReason[] = [
  ...words('finished', OPENAI, ['stop']),
  ...words('finished', RESPONSES, ['completed']),
  ...words('finished', ANTHROPIC, ['end_turn', 'stop_sequence']),
  ...words('finished', TGI, ['eos_token']),
  ...words('finished', TOGETHER, ['eos']),
  ...words('finished', COHERE, ['complete']),
  ...words('finished', TITAN, ['finish', 'finished', 'endoftext']),
  ...words('finished', LLAMA_CPP, ['word']),
  ...words('full', OPENAI, ['length']),
  ...words('full', RESPONSES, ['max_output_tokens', 'incomplete']),
  ...words('full', ANTHROPIC, ['max_tokens']),
  ...words('full', LLAMA_CPP, ['limit']),
  ...words('full', WATSONX, ['token_limit']),
  ...words('window', ANTHROPIC, ['model_context_window_exceeded']),
  ...words('window', MISTRAL, ['model_length']),
  ...words('window', COHERE, ['error_limit']),
  ...words('refused', ANTHROPIC, ['refusal']),
  ...words('filtered', OPENAI, ['content_filter']),
  ...words('filtered', BEDROCK, ['guardrail_intervened', 'content_filtered']),
  ...words('filtered', GEMINI, [
    'safety',
    'recitation',
    'language',
    'blocklist',
    'prohibited_content',
    'spii',
    'image_safety',
    'image_prohibited_content',
    'image_recitation',
  ]),
  ...words('filtered', COHERE, ['error_toxic']),
  ...words('filtered', ZHIPU, ['sensitive']),
  ...words('tool', OPENAI, ['tool_calls', 'function_call']),
  ...words('tool', ANTHROPIC, ['tool_use']),
  ...words('tool', COHERE, ['tool_call']),
  ...words('tool', BEDROCK, ['malformed_tool_use']),
  ...words('tool', GEMINI, ['malformed_function_call', 'unexpected_tool_call']),
  ...words('paused', ANTHROPIC, ['pause_turn']),
  ...words('overloaded', DEEPSEEK, ['insufficient_system_resource']),
  ...words('broken', OPENROUTER, ['error']),
  ...words('broken', RESPONSES, ['failed']),
  ...words('broken', BEDROCK, ['malformed_model_output']),
  ...words('broken', COHERE, ['user_cancel', 'timeout']),
  ...words('broken', VLLM, ['abort']),
  ...words('broken', WATSONX, ['time_limit']),
  ...words('broken', ZHIPU, ['network_error']),
  ...words('unfinished', RESPONSES, ['in_progress', 'queued', 'cancelled']),
  ...words('unfinished', WATSONX, ['not_finished']),
];

const MEANINGS: ReadonlyMap<string, Ending> = new Map(
  FINISH_REASONS.map(({ word, means }) => [word, means]),
);

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
  const plain = plainWord(word);
  if (plain === undefined) return undefined;
  return MEANINGS.get(plain) ?? TELLING_PARTS.find(([part]) => part.test(plain))?.[1];
}

export function unknownWord(word: string | undefined): string | undefined {
  return plainWord(word) === undefined ? undefined : word;
}

/** `FINISH_REASON_STOP`, `content-filter` and `MaxTokens` as `stop`, `content_filter` and `max_tokens`. */
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

function words(means: Ending, source: string, list: readonly string[]): readonly FinishReason[] {
  return list.map((word) => ({ word, means, source }));
}
