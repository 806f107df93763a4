import { isObject, type JsonObject } from '../ports/json-shape.ts';

/** The text of an answer in a format that Volley does not ask for. */
export interface OtherAnswer {
  /** Undefined if the body has several texts. */
  readonly text: string | undefined;
  /** What the format is and which address has the right one, if that is known. */
  readonly words?: { readonly message: string; readonly hint: string };
}

/** The answer in a complete body that no wire format can read; undefined if it has no text. */
export function otherAnswer(body: unknown): OtherAnswer | undefined {
  const [text, ...others] = new Set(textsIn(body, 'text', MOST_LEVELS));
  if (text === undefined) return undefined;
  const words = isObject(body) ? FORMATS.find(({ isIn }) => isIn(body)) : undefined;
  return {
    text: others.length === 0 ? text : undefined,
    ...(words && {
      words: {
        message: `the answer is in the native format of ${words.name}`,
        hint: `set \`base_url\` to its address for OpenAI's format: ${words.address}`,
      },
    }),
  };
}

const MOST_LEVELS = 8;

/** Where servers put the text of an answer. */
const TEXT_KEYS: ReadonlySet<string> = new Set(
  `answer completion content generated_text generation output outputText output_text parts reply
   response result text`.split(/\s+/),
);

/** Keys below which a server repeats the request, or describes the answer. */
const NOT_ANSWERS: ReadonlySet<string> = new Set(
  `chat_history citations details documents error errors history input inputs logprobs meta metadata
   messages prefill prompt reasoning request thinking tokens tool_calls usage`.split(/\s+/),
);

function textsIn(value: unknown, key: string, levels: number): readonly string[] {
  if (levels === 0) return [];
  if (typeof value === 'string') return TEXT_KEYS.has(key) && value.trim() !== '' ? [value] : [];
  if (Array.isArray(value)) {
    const texts = value.flatMap((each) => textsIn(each, key, levels - 1));
    return TEXT_KEYS.has(key) && texts.length > 1 ? [texts.join('')] : texts;
  }
  if (!isObject(value)) return [];
  return Object.entries(value)
    .filter(([name]) => !NOT_ANSWERS.has(name))
    .flatMap(([name, each]) => textsIn(each, name, levels - 1));
}

interface Format {
  readonly name: string;
  readonly address: string;
  readonly isIn: (body: JsonObject) => boolean;
}

const FORMATS: readonly Format[] = [
  {
    // https://docs.cohere.com/reference/chat
    name: 'Cohere',
    address: '`https://api.cohere.ai/compatibility/v1`',
    isIn: ({ message, generation_id: generation, finish_reason: reason }) =>
      generation !== undefined || (isObject(message) && reason !== undefined),
  },
  {
    // https://huggingface.co/docs/text-generation-inference/messages_api
    name: 'Text Generation Inference',
    address: 'it ends with `/v1`',
    isIn: (body) => 'generated_text' in body,
  },
  {
    // https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/
    name: 'Cloudflare Workers AI',
    address: '`https://api.cloudflare.com/client/v4/accounts/ACCOUNT/ai/v1`',
    isIn: ({ result, success }) => isObject(result) && success !== undefined,
  },
  {
    // https://github.com/ollama/ollama/blob/main/docs/api.md
    name: 'Ollama',
    address: 'it ends with `/v1`',
    isIn: (body) => 'done' in body,
  },
  {
    // https://ai.google.dev/gemini-api/docs/openai
    name: 'Gemini',
    address: '`https://generativelanguage.googleapis.com/v1beta/openai`',
    isIn: (body) => 'candidates' in body,
  },
];
