import type { Attachment } from '../plan/attachment.ts';
import type { PromptRequest } from '../plan/task.ts';
import { conversation, dataUrl, isPdf, userContent } from './attachment-parts.ts';
import {
  cacheBreakpoint,
  cacheOptions,
  choosesCaching,
  instructionMessages,
} from './cache-fields.ts';
import {
  encoded,
  joinedInstructions,
  present,
  refused,
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

/**
 * OpenAI Responses. The shared context comes first, so that the prefix stays the same. Instructions
 * cannot have a breakpoint, so they become a message if Volley decides what is cached.
 */
export const responsesDialect: Dialect = {
  requestIdHeader: 'x-request-id',
  encode(request, { form, marks }) {
    const { model, parameters, schema } = request;
    if (parameters.stop !== undefined) {
      return refused(
        '`stop` does not exist on the Responses API',
        `leave it out, or set \`api: chat\` for \`${model.provider}\``,
      );
    }
    const chooses = form.marksCache && choosesCaching(request);
    const markAfter = cacheBreakpoint(marks);
    return encoded(
      request,
      present({
        model: model.model,
        instructions: chooses ? undefined : joinedInstructions(request),
        input: chooses
          ? [
              ...instructionMessages(request, { role: 'developer', type: 'input_text', markAfter }),
              ...conversation(request, {
                text: 'input_text',
                said: 'output_text',
                partOf,
                markAfter,
              }),
            ]
          : inputOf(request),
        max_output_tokens: parameters.maxTokens,
        temperature: parameters.temperature,
        top_p: parameters.topP,
        reasoning:
          parameters.reasoning === undefined ? undefined : { effort: parameters.reasoning },
        text: schema?.native && { format: { type: 'json_schema', ...strictSchema(schema.native) } },
        // Otherwise OpenAI stores the answer for a month. `params` may allow that.
        store:
          form.forbidsStorage && parameters.params?.['store'] === undefined ? false : undefined,
        stream: form.streams ? true : undefined,
        ...(chooses && cacheOptions(marks, form)),
      }),
    );
  },
  decode(body) {
    if (!Array.isArray(body['output'])) {
      return { kind: 'misshapen', message: 'the answer has no `output`' };
    }
    return readOutput(body);
  },
};

function inputOf(request: PromptRequest): string | readonly JsonObject[] {
  const wire = { text: 'input_text', partOf };
  const content = userContent(request, wire);
  const isPlain = typeof content === 'string' && request.earlier === undefined;
  return isPlain ? content : conversation(request, wire);
}

function partOf(attachment: Attachment): JsonObject {
  return isPdf(attachment)
    ? { type: 'input_file', filename: attachment.name, file_data: dataUrl(attachment) }
    : { type: 'input_image', image_url: dataUrl(attachment), detail: 'auto' };
}

function readOutput(body: JsonObject): Decoded {
  const status = textAt(body, 'status');
  const items = listAt(body, 'output');
  const messages = items.filter((item) => textAt(item, 'type') === 'message');
  const parts = messages.flatMap((item) => listAt(item, 'content'));
  const refusing = parts.find((part) => textAt(part, 'type') === 'refusal');
  const call = items.find(isToolCall);
  const reason = textAt(objectAt(body, 'incomplete_details'), 'reason');
  return {
    kind: 'read',
    text:
      // Some servers send only `output_text`, which SDKs normally derive from the messages.
      messages.length === 0
        ? (textAt(body, 'output_text') ?? '')
        : said(messages.filter((item) => !isAside(item))) || said(messages),
    reasoning:
      textOf(
        items.flatMap((item) => [...listAt(item, 'summary'), ...listAt(item, 'content')]),
        'summary_text',
        'reasoning_text',
      ) + said(messages.filter(isAside)),
    word: status === 'incomplete' && endingOf(reason) !== undefined ? reason : status,
    usage: reportedUsage(body),
    refusal: refusing === undefined ? undefined : (textAt(refusing, 'refusal') ?? ''),
    toolInput: call === undefined ? undefined : (textAt(call, 'arguments') ?? ''),
  };
}

function isAside(message: unknown): boolean {
  return textAt(message, 'phase') === 'commentary';
}

function said(messages: readonly unknown[]): string {
  return messages.map((item) => (isObject(item) ? contentText(item['content']) : '')).join('');
}

function textOf(parts: readonly unknown[], ...types: readonly string[]): string {
  return parts
    .map((part) => (types.includes(textAt(part, 'type') ?? '') ? (textAt(part, 'text') ?? '') : ''))
    .join('');
}

function isToolCall(item: unknown): boolean {
  return isObject(item) && (textAt(item, 'type') ?? '').endsWith('_call');
}
