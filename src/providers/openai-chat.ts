import type { Attachment } from '../plan/attachment.ts';
import { conversation, dataUrl, isPdf } from './attachment-parts.ts';
import {
  cacheBreakpoint,
  cacheControl,
  cacheOptions,
  choosesCaching,
  instructionMessages,
} from './cache-fields.ts';
import {
  encoded,
  isText,
  joinedInstructions,
  present,
  strictSchema,
  type Decoded,
  type Dialect,
} from './dialect.ts';
import { endingOf } from './finish-reasons.ts';
import {
  contentText,
  isObject,
  listAt,
  objectAt,
  textAt,
  type JsonObject,
} from '../ports/json-shape.ts';
import { reportedUsage } from './usage.ts';

/** Chat Completions by OpenAI and its many imitators. */
export const chatDialect: Dialect = {
  requestIdHeader: 'x-request-id',
  encode(request, { form, marks }) {
    const { model, parameters, schema } = request;
    const instructions = joinedInstructions(request);
    const chooses = form.marksCache && choosesCaching(request);
    const markAfter = chooses ? cacheBreakpoint(marks) : cacheControl(marks);
    return encoded(
      request,
      present({
        model: model.model,
        messages: [
          ...(chooses || marks
            ? instructionMessages(request, { role: 'system', type: 'text', markAfter })
            : instructions === undefined
              ? []
              : [{ role: 'system', content: instructions }]),
          ...conversation(request, { text: 'text', partOf, markAfter }),
        ],
        [form.maxTokensField]: parameters.maxTokens,
        temperature: parameters.temperature,
        top_p: parameters.topP,
        stop: parameters.stop,
        reasoning_effort: parameters.reasoning,
        response_format: schema?.native && {
          type: 'json_schema',
          json_schema: strictSchema(schema.native),
        },
        ...(chooses && cacheOptions(marks, form)),
        ...(form.streams && {
          stream: true,
          stream_options: form.asksForUsage ? { include_usage: true } : undefined,
        }),
      }),
    );
  },
  decode: decodeChat,
};

function partOf(attachment: Attachment): JsonObject {
  return isPdf(attachment)
    ? { type: 'file', file: { filename: attachment.name, file_data: dataUrl(attachment) } }
    : { type: 'image_url', image_url: { url: dataUrl(attachment) } };
}

function decodeChat(body: JsonObject): Decoded {
  const [choice] = listAt(body, 'choices');
  if (!isObject(choice)) return { kind: 'misshapen', message: 'the answer has no `choices`' };
  const message = isObject(choice['message']) ? choice['message'] : objectAt(choice, 'delta');
  // The legacy completions API puts the text in `text`.
  const said = contentText(message['content'] ?? choice['text']);
  const thought = THOUGHTS.map((key) => contentText(message[key])).find(isText) ?? '';
  const word = textAt(choice, 'finish_reason') ?? textAt(choice, 'stop_reason');
  const tools = toolInput(message);
  const refusal = textAt(message, 'refusal');
  // Some servers report the whole answer as reasoning if the model does not think, or was asked not
  // to.
  const isMistaken =
    !isText(said) && tools === undefined && refusal === undefined && endingOf(word) !== 'full';
  return {
    kind: 'read',
    text: isMistaken ? said + thought : said,
    reasoning: isMistaken ? '' : thought,
    word,
    usage: reportedUsage(body),
    refusal,
    toolInput: tools,
  };
}

/**
 * The first is vLLM's older name (https://github.com/vllm-project/vllm/issues/19222), the second is
 * used by OpenRouter and newer vLLM, the third by Ollama.
 */
const THOUGHTS = ['reasoning_content', 'reasoning', 'thinking'];

function toolInput(message: JsonObject): string | undefined {
  const call = [...listAt(message, 'tool_calls'), message['function_call']].find(isObject);
  if (call === undefined) return undefined;
  const called = isObject(call['function']) ? call['function'] : call;
  const input = isObject(called) ? called['arguments'] : undefined;
  return isObject(input) ? JSON.stringify(input) : (textAt(called, 'arguments') ?? '');
}
