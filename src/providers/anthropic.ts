import type { Attachment } from '../plan/attachment.ts';
import { conversation, isPdf } from './attachment-parts.ts';
import { cacheControl, cacheDiagnostics, instructionParts } from './cache-fields.ts';
import { encoded, present, type Dialect } from './dialect.ts';
import { listAt, objectAt, textAt, type JsonObject } from '../ports/json-shape.ts';
import type { Continuation } from './provider.ts';
import type { PromptRequest } from '../plan/task.ts';
import { reportedUsage } from './usage.ts';

/** The API rejects requests without a limit on the output. */
const DEFAULT_MAX_TOKENS = 4096;

/** Anthropic Messages. The shared context is a separate system block. */
export const anthropicDialect: Dialect = {
  requestIdHeader: 'request-id',
  encode(request, { continuation, form, marks }) {
    const { model, parameters } = request;
    const markAfter = cacheControl(marks);
    const blocks = instructionParts(request, 'text', markAfter);
    return encoded(
      request,
      present({
        model: model.model,
        max_tokens: parameters.maxTokens ?? DEFAULT_MAX_TOKENS,
        system: blocks.length > 0 ? blocks : undefined,
        messages: [
          ...conversation(request, { text: 'text', partOf: blockOf, markAfter }),
          ...(continuation?.messages ?? []),
        ],
        temperature: parameters.temperature,
        top_p: parameters.topP,
        stop_sequences: parameters.stop,
        ...thinkingField(request),
        output_config: outputConfig(request),
        diagnostics: form.asksForDiagnosis ? cacheDiagnostics(marks) : undefined,
        stream: form.streams ? true : undefined,
      }),
    );
  },
  decode(body, continuation) {
    const content = body['content'];
    if (!Array.isArray(content) && typeof content !== 'string') {
      return { kind: 'misshapen', message: 'the answer has no `content`' };
    }
    const own = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    const blocks = [...earlierBlocks(continuation), ...own];
    return {
      kind: 'read',
      text: textOf(blocks, 'text', 'text'),
      reasoning: textOf(blocks, 'thinking', 'thinking'),
      word: textAt(body, 'stop_reason'),
      usage: reportedUsage(body),
      toolInput: toolInput(own),
      continuation: {
        messages: [...(continuation?.messages ?? []), { role: 'assistant', content: own }],
      },
    };
  },
};

function textOf(blocks: readonly unknown[], type: string, key: string): string {
  return blocks
    .map((block) => ((textAt(block, 'type') ?? 'text') === type ? (textAt(block, key) ?? '') : ''))
    .join('');
}

function toolInput(blocks: readonly unknown[]): string | undefined {
  const used = blocks.find((block) => textAt(block, 'type') === 'tool_use');
  if (used === undefined) return undefined;
  return textAt(used, 'partial_json') ?? JSON.stringify(objectAt(used, 'input'));
}

function blockOf(attachment: Attachment): JsonObject {
  const { mediaType, base64, name } = attachment;
  const source = { type: 'base64', media_type: mediaType, data: base64 };
  return isPdf(attachment) ? { type: 'document', source, title: name } : { type: 'image', source };
}

/** `none` turns thinking off; other efforts are part of `output_config`. */
function thinkingField({ parameters }: PromptRequest): JsonObject {
  return parameters.reasoning === 'none' ? { thinking: { type: 'disabled' } } : {};
}

/** Anthropic has no effort `minimal`; its lowest is `low`. */
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

function earlierBlocks(continuation: Continuation | undefined): readonly unknown[] {
  return (continuation?.messages ?? []).flatMap((message) => listAt(message, 'content'));
}
