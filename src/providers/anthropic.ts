import type { Attachment } from '../plan/attachment.ts';
import { isPdf, userContent } from './attachment-parts.ts';
import { encoded, isText, present } from './dialect.ts';
import type { Decoded, Dialect } from './dialect.ts';
import { finished, misshapen, refusal, toolCall, truncated, unknownEnding } from './endings.ts';
import { listAt, textAt } from './json-shape.ts';
import type { JsonObject } from './json-shape.ts';
import type { Continuation } from './provider.ts';
import type { PromptRequest } from '../plan/task.ts';
import { anthropicUsage } from './usage.ts';

/** The API takes no request without a bound on the output. */
const DEFAULT_MAX_TOKENS = 4096;

/** Anthropic Messages. The shared context is a system block of its own, marked for the cache. */
export const anthropicDialect: Dialect = {
  requestIdHeader: 'request-id',
  encode(request, continuation) {
    const { model, context, system, parameters } = request;
    const blocks = [
      ...(isText(context)
        ? [{ type: 'text', text: context, cache_control: { type: 'ephemeral' } }]
        : []),
      ...(isText(system) ? [{ type: 'text', text: system }] : []),
    ];
    return encoded(
      request,
      present({
        model: model.model,
        max_tokens: parameters.maxTokens ?? DEFAULT_MAX_TOKENS,
        system: blocks.length > 0 ? blocks : undefined,
        messages: [
          { role: 'user', content: userContent(request, WIRE) },
          ...(continuation?.messages ?? []),
        ],
        temperature: parameters.temperature,
        top_p: parameters.topP,
        stop_sequences: parameters.stop,
        ...thinkingField(request),
        output_config: outputConfig(request),
      }),
    );
  },
  decode(body, continuation) {
    if (!Array.isArray(body['content'])) return misshapen('the answer has no `content`');
    const text = [...earlierBlocks(continuation), ...listAt(body, 'content')]
      .map((block) => (textAt(block, 'type') === 'text' ? (textAt(block, 'text') ?? '') : ''))
      .join('');
    const ending = { text, usage: anthropicUsage(body), word: textAt(body, 'stop_reason') };
    switch (ending.word) {
      case 'end_turn':
      case 'stop_sequence':
        return finished(ending);
      case 'max_tokens':
      case 'model_context_window_exceeded':
        return truncated(ending);
      case 'refusal':
        return refusal(ending);
      case 'tool_use':
        return toolCall(ending);
      case 'pause_turn':
        return paused(body, continuation);
      case undefined:
      default:
        return unknownEnding(ending);
    }
  },
};

const WIRE = { text: 'text', partOf: blockOf } as const;

function blockOf(attachment: Attachment): JsonObject {
  const { mediaType, base64, name } = attachment;
  const source = { type: 'base64', media_type: mediaType, data: base64 };
  return isPdf(attachment) ? { type: 'document', source, title: name } : { type: 'image', source };
}

/** `none` turns thinking off; any other effort is part of `output_config`. */
function thinkingField({ parameters }: PromptRequest): JsonObject {
  return parameters.reasoning === 'none' ? { thinking: { type: 'disabled' } } : {};
}

/** Anthropic has no effort `minimal`, its least is `low`. Undefined when there is nothing to say. */
function outputConfig({
  parameters: { reasoning },
  schema,
}: PromptRequest): JsonObject | undefined {
  const config = present({
    effort: reasoning === 'none' ? undefined : reasoning === 'minimal' ? 'low' : reasoning,
    format: schema?.native && { type: 'json_schema', schema: schema.native },
  });
  return Object.keys(config).length > 0 ? config : undefined;
}

/** The turn goes on when its own first part is sent along. */
function paused(body: JsonObject, continuation: Continuation | undefined): Decoded {
  return {
    kind: 'incomplete',
    continuation: {
      messages: [
        ...(continuation?.messages ?? []),
        { role: 'assistant', content: listAt(body, 'content') },
      ],
    },
    usage: anthropicUsage(body),
  };
}

function earlierBlocks(continuation: Continuation | undefined): readonly unknown[] {
  return (continuation?.messages ?? []).flatMap((message) => listAt(message, 'content'));
}
