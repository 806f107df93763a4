import type { Attachment } from '../plan/attachment.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { JsonObject } from './json-shape.ts';

/** The conversation on one wire, its last message with the attachments. */
export function conversation(
  request: PromptRequest,
  wire: Parameters<typeof userContent>[1],
): readonly JsonObject[] {
  const earlier = (request.earlier ?? []).map(({ role, content }) => ({ role, content }));
  return [...earlier, { role: 'user', content: userContent(request, wire) }];
}

/**
 * The user's content on one wire: the prompt as a bare text, or, with attachments, parts of which the
 * prompt is the last, as the vendors advise.
 */
export function userContent(
  { prompt, attachments = [] }: PromptRequest,
  wire: { readonly text: string; readonly partOf: (attachment: Attachment) => JsonObject },
): string | readonly JsonObject[] {
  if (attachments.length === 0) return prompt;
  return [...attachments.map(wire.partOf), { type: wire.text, text: prompt }];
}

export function isPdf({ mediaType }: Attachment): boolean {
  return mediaType === 'application/pdf';
}

export function dataUrl({ mediaType, base64 }: Attachment): string {
  return `data:${mediaType};base64,${base64}`;
}
