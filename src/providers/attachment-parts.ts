import type { Attachment } from '../plan/attachment.ts';
import { splitPrompt } from '../plan/prompt-head.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { LeadingPart } from '../prefix/prefix.ts';
import type { JsonObject } from '../ports/json-shape.ts';

/** How a wire format writes the parts of a message. */
export interface PartWire {
  /** The types of text parts from the user, and of those from the assistant. */
  readonly text: string;
  readonly said?: string;
  readonly partOf: (attachment: Attachment) => JsonObject;
  /** The fields of a breakpoint after a part, if there is one. */
  readonly markAfter?: (part: LeadingPart) => JsonObject | undefined;
}

/** The messages of a conversation; the last one has the attachments. */
export function conversation(request: PromptRequest, wire: PartWire): readonly JsonObject[] {
  const earlier = (request.earlier ?? []).map(({ role, content }, at) => {
    const mark = wire.markAfter?.(`message ${at}`);
    const type = role === 'user' ? wire.text : (wire.said ?? wire.text);
    return { role, content: mark ? [{ type, text: content, ...mark }] : content };
  });
  return [...earlier, { role: 'user', content: userContent(request, wire) }];
}

/**
 * The user's content: just the prompt as text, or a list of parts if there are attachments or
 * breakpoints. The prompt comes last, as vendors advise.
 */
export function userContent(
  request: PromptRequest,
  wire: PartWire,
): string | readonly JsonObject[] {
  const { prompt, attachments = [] } = request;
  const mark = wire.markAfter?.('prompt');
  if (attachments.length === 0 && mark === undefined) return prompt;
  const parts = attachments.map((attachment, at) => ({
    ...wire.partOf(attachment),
    ...wire.markAfter?.(`attachment ${at}`),
  }));
  return [...parts, ...promptParts(request, wire)];
}

/** The head of the prompt is a separate part only if a breakpoint follows it. */
function promptParts(request: PromptRequest, { text: type, markAfter }: PartWire) {
  const mark = markAfter?.('prompt');
  const split = mark && splitPrompt(request);
  if (!split) return [{ type, text: request.prompt }];
  const { head, rest } = split;
  return [{ type, text: head, ...mark }, ...(rest === '' ? [] : [{ type, text: rest }])];
}

export function isPdf({ mediaType }: Attachment): boolean {
  return mediaType === 'application/pdf';
}

export function dataUrl({ mediaType, base64 }: Attachment): string {
  return `data:${mediaType};base64,${base64}`;
}
