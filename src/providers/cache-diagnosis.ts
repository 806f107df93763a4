import { isObject, objectAt, textAt, type JsonObject } from '../ports/json-shape.ts';

/** What an answer says about the cache, apart from token counts. */
export interface CacheNote {
  /** The id that later requests send, so that the vendor compares them with this response. */
  readonly responseId: string | undefined;
  /**
   * The vendor's word for why the request missed the cache entry of the response it was compared
   * with.
   */
  readonly missedFor: string | undefined;
}

/** Undefined if no diagnosis was requested. */
export function cacheNote(body: JsonObject): CacheNote | undefined {
  const own = body['diagnostics'];
  const openais = body['prompt_cache_diagnostics'] ?? body['prompt_cache_options'];
  if (!isObject(own) && !isObject(openais)) return undefined;
  const word =
    textAt(objectAt(objectAt(body, 'diagnostics'), 'cache_miss_reason'), 'type') ??
    textAt(objectAt(body, 'prompt_cache_diagnostics'), 'reason');
  const isWord = word !== undefined && /^\w{1,60}$/.test(word) && !SAYS_NOTHING.has(word);
  return { responseId: textAt(body, 'id'), missedFor: isWord ? word : undefined };
}

/**
 * These words do not give a reason: prompts of two tasks always differ after their common prefix.
 */
const SAYS_NOTHING: ReadonlySet<string> = new Set([
  'input_changed',
  'messages_changed',
  'previous_message_not_found',
  'unavailable',
]);
