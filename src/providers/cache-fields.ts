import { takesBreakpoints } from '../manifest/cache-lifetimes.ts';
import { breakpointAfter, steersCaching, type CacheMarks } from '../prefix/cache-marks.ts';
import type { LeadingPart } from '../prefix/prefix.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { BodyForm } from './refused-fields.ts';
import { isText, present } from './dialect.ts';
import type { JsonObject } from '../ports/json-shape.ts';

/** The fields of a breakpoint after a part, if there is one. */
type MarkAfter = (part: LeadingPart) => JsonObject | undefined;

/** Anthropic's breakpoint, also used in Chat Completions by OpenRouter. */
export function cacheControl(marks: CacheMarks | undefined): MarkAfter {
  return (part) => {
    const found = breakpointAfter(marks, part);
    return found && { cache_control: present({ type: 'ephemeral', ttl: found.lifetime }) };
  };
}

/** Asks Anthropic why a prefix was not read. */
export function cacheDiagnostics(marks: CacheMarks | undefined): JsonObject | undefined {
  return marks?.comparedWith && { previous_message_id: marks.comparedWith.responseId ?? null };
}

/** OpenAI's breakpoint. */
export function cacheBreakpoint(marks: CacheMarks | undefined): MarkAfter {
  return (part) => {
    const found = breakpointAfter(marks, part);
    return found && { prompt_cache_breakpoint: present({ mode: 'explicit', ttl: found.lifetime }) };
  };
}

/**
 * Whether Volley decides what OpenAI caches. Only OpenAI's latest models allow that, and `params`
 * may decide it instead.
 */
export function choosesCaching({ model, parameters: { params } }: PromptRequest): boolean {
  return takesBreakpoints(model.model) && !steersCaching(params);
}

/**
 * Cache fields for OpenAI's latest models. Without these fields, the models would write, and charge
 * for, an entry for each whole request.
 */
export function cacheOptions(
  marks: CacheMarks | undefined,
  { asksForDiagnosis }: Pick<BodyForm, 'asksForDiagnosis'>,
): JsonObject {
  const compared = asksForDiagnosis ? marks?.comparedWith : undefined;
  return present({
    prompt_cache_options: present({
      mode: 'explicit',
      prewarm: marks?.isOnlyWritten,
      comparison_response_id: compared?.responseId,
    }),
    prompt_cache_key: marks && `volley-${marks.key}`,
  });
}

/** The shared context and `system` as parts; each may end with a breakpoint. */
export function instructionParts(
  { context, system }: PromptRequest,
  type: string,
  markAfter: MarkAfter,
): readonly JsonObject[] {
  return [
    ...(isText(context) ? [{ type, text: context, ...markAfter('context') }] : []),
    ...(isText(system) ? [{ type, text: system, ...markAfter('system') }] : []),
  ];
}

/** The same as one message, if there are any. */
export function instructionMessages(
  request: PromptRequest,
  wire: { readonly role: string; readonly type: string; readonly markAfter: MarkAfter },
): readonly JsonObject[] {
  const content = instructionParts(request, wire.type, wire.markAfter);
  return content.length > 0 ? [{ role: wire.role, content }] : [];
}
