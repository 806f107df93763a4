import type { Attachment } from '../plan/attachment.ts';
import { dataUrl, isPdf, userContent } from './attachment-parts.ts';
import { encoded, joinedInstructions, present, strictSchema } from './dialect.ts';
import type { Decoded, Dialect } from './dialect.ts';
import {
  filtered,
  finished,
  misshapen,
  overloaded,
  refusal,
  toolCall,
  truncated,
  unknownEnding,
} from './endings.ts';
import { isObject, listAt, objectAt, textAt } from './json-shape.ts';
import type { JsonObject } from './json-shape.ts';
import { chatUsage } from './usage.ts';

/**
 * Chat Completions, as OpenAI and its many imitators speak it. OpenAI's own reasoning models refuse
 * `max_tokens`, most imitators know nothing else: the host decides.
 */
export function chatDialect(options: { readonly ownHost: boolean }): Dialect {
  return {
    requestIdHeader: 'x-request-id',
    encode(request) {
      const { model, parameters, schema } = request;
      const instructions = joinedInstructions(request);
      return encoded(
        request,
        present({
          model: model.model,
          messages: [
            ...(instructions === undefined ? [] : [{ role: 'system', content: instructions }]),
            { role: 'user', content: userContent(request, { text: 'text', partOf }) },
          ],
          [options.ownHost ? 'max_completion_tokens' : 'max_tokens']: parameters.maxTokens,
          temperature: parameters.temperature,
          top_p: parameters.topP,
          stop: parameters.stop,
          reasoning_effort: parameters.reasoning,
          response_format: schema?.native && {
            type: 'json_schema',
            json_schema: strictSchema(schema.native),
          },
        }),
      );
    },
    decode: decodeChat,
  };
}

function partOf(attachment: Attachment): JsonObject {
  return isPdf(attachment)
    ? { type: 'file', file: { filename: attachment.name, file_data: dataUrl(attachment) } }
    : { type: 'image_url', image_url: { url: dataUrl(attachment) } };
}

function decodeChat(body: JsonObject): Decoded {
  const [choice] = listAt(body, 'choices');
  if (!isObject(choice)) return misshapen('the answer has no `choices`');
  // OpenRouter puts an upstream's failure here.
  if (isObject(choice['error'])) {
    return { kind: 'error', error: { error: choice['error'] }, fallbackStatus: 502 };
  }
  const message = objectAt(choice, 'message');
  const word = textAt(choice, 'finish_reason');
  const ending = { text: contentText(message['content']), usage: chatUsage(body), word };
  const refusalText = textAt(message, 'refusal');
  if (refusalText !== undefined) return refusal({ ...ending, text: ending.text + refusalText });
  switch (word?.toLowerCase()) {
    case 'stop':
    case 'eos':
    case 'end_turn':
    case 'stop_sequence':
      return ending.text === '' && listAt(message, 'tool_calls').length > 0
        ? toolCall(ending)
        : finished(ending);
    case 'length':
    case 'max_tokens':
    case 'model_length':
      return truncated(ending);
    case 'content_filter':
    case 'safety':
      return filtered(ending);
    case 'refusal':
      return refusal(ending);
    case 'tool_calls':
    case 'tool_use':
    case 'function_call':
      return toolCall(ending);
    case 'insufficient_system_resource':
      return overloaded(ending);
    case 'error':
      return {
        kind: 'error',
        error: { error: { message: 'the answer ended in an error' } },
        fallbackStatus: 502,
      };
    case undefined:
    default:
      return unknownEnding(ending);
  }
}

/** A text, or a list of parts of which those of type `text` count (thinking ones do not). */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part) => (textAt(part, 'type') === 'text' ? (textAt(part, 'text') ?? '') : ''))
    .join('');
}
