import type { Attachment } from '../plan/attachment.ts';
import type { PromptRequest } from '../plan/task.ts';
import { dataUrl, isPdf, userContent } from './attachment-parts.ts';
import { encoded, joinedInstructions, present, refused, strictSchema } from './dialect.ts';
import type { Decoded, Dialect } from './dialect.ts';
import {
  filtered,
  finished,
  misshapen,
  refusal,
  toolCall,
  truncated,
  unknownEnding,
} from './endings.ts';
import { isObject, listAt, objectAt, textAt } from './json-shape.ts';
import type { JsonObject } from './json-shape.ts';
import { responsesUsage } from './usage.ts';

/** OpenAI Responses. The shared context leads the instructions, so that the prefix stays the same. */
export const responsesDialect: Dialect = {
  requestIdHeader: 'x-request-id',
  encode(request) {
    const { model, parameters, schema } = request;
    if (parameters.stop !== undefined) {
      return refused(
        '`stop` does not exist on the Responses API',
        `leave it out, or set \`api: chat\` for \`${model.provider}\``,
      );
    }
    return encoded(
      request,
      present({
        model: model.model,
        instructions: joinedInstructions(request),
        input: inputOf(request),
        max_output_tokens: parameters.maxTokens,
        temperature: parameters.temperature,
        top_p: parameters.topP,
        reasoning:
          parameters.reasoning === undefined ? undefined : { effort: parameters.reasoning },
        text: schema?.native && { format: { type: 'json_schema', ...strictSchema(schema.native) } },
      }),
    );
  },
  decode(body) {
    const status = textAt(body, 'status');
    if (status === 'failed') {
      const error = objectAt(body, 'error');
      // Every code but a server's own trouble speaks of the request.
      const fallbackStatus = textAt(error, 'code') === undefined ? 502 : 400;
      return { kind: 'error', error: { error }, fallbackStatus };
    }
    if (!Array.isArray(body['output'])) return misshapen('the answer has no `output`');
    return ended(body, status);
  },
};

function inputOf(request: PromptRequest): string | readonly JsonObject[] {
  const content = userContent(request, { text: 'input_text', partOf });
  return typeof content === 'string' ? content : [{ role: 'user', content }];
}

function partOf(attachment: Attachment): JsonObject {
  return isPdf(attachment)
    ? { type: 'input_file', filename: attachment.name, file_data: dataUrl(attachment) }
    : { type: 'input_image', image_url: dataUrl(attachment), detail: 'auto' };
}

function ended(body: JsonObject, status: string | undefined): Decoded {
  const items = listAt(body, 'output');
  const parts = items
    .filter((item) => textAt(item, 'type') === 'message')
    .flatMap((item) => listAt(item, 'content'));
  const text = parts
    .map((part) => (textAt(part, 'type') === 'output_text' ? (textAt(part, 'text') ?? '') : ''))
    .join('');
  const ending = { text, usage: responsesUsage(body), word: status };
  switch (status) {
    case 'completed': {
      const refusing = parts.find((part) => textAt(part, 'type') === 'refusal');
      if (refusing !== undefined) {
        return refusal({ ...ending, text: text + (textAt(refusing, 'refusal') ?? '') });
      }
      if (text === '' && items.some(isToolCall)) return toolCall(ending);
      return finished(ending);
    }
    case 'incomplete':
      return textAt(objectAt(body, 'incomplete_details'), 'reason') === 'content_filter'
        ? filtered(ending)
        : truncated(ending);
    case undefined:
    default:
      return unknownEnding(ending);
  }
}

function isToolCall(item: unknown): boolean {
  return isObject(item) && (textAt(item, 'type') ?? '').endsWith('_call');
}
