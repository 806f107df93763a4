import type { Attachment } from '../plan/attachment.ts';
import { splitPrompt } from '../plan/prompt-head.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { LeadingPart } from '../prefix/prefix.ts';
import type { JsonObject } from './json-shape.ts';

/** How one wire writes the parts of a message. */
export interface PartWire {
  /** The type of a text that a user says, and of one that the assistant said. */
  readonly text: string;
  readonly said?: string;
  readonly partOf: (attachment: Attachment) => JsonObject;
  /** The fields of a breakpoint at the end of a part; undefined: there is none. */
  readonly markAfter?: (part: LeadingPart) => JsonObject | undefined;
}

/** The conversation on one wire, its last message with the attachments. */
export function conversation(request: PromptRequest, wire: PartWire): readonly JsonObject[] {
  const earlier = (request.earlier ?? []).map(({ role, content }, at) => {
    const mark = wire.markAfter?.(`message ${at}`);
    const type = role === 'user' ? wire.text : (wire.said ?? wire.text);
    return { role, content: mark ? [{ type, text: content, ...mark }] : content };
  });
  return [...earlier, { role: 'user', content: userContent(request, wire) }];
}

/**
 * The user's content on one wire: the prompt as a bare text, or, with attachments or a breakpoint, parts of which the
 * prompt is the last, as the vendors advise.
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

/** Its head is a part of its own only where that ends with a breakpoint. */
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
