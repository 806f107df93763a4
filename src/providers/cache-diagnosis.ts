import { isObject, objectAt, textAt, type JsonObject } from './json-shape.ts';

/** What an answer says of the cache besides its tokens. */
export interface CacheNote {
  /** What a later request may be compared with. */
  readonly responseId: string | undefined;
  /** Why it did not read what the one that it was compared with had written, in the vendor's words. */
  readonly missedFor: string | undefined;
}

/** Undefined where the answer was not asked for a diagnosis. */
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

/** Prompts of two tasks always differ, after what they share. */
const SAYS_NOTHING: ReadonlySet<string> = new Set([
  'input_changed',
  'messages_changed',
  'previous_message_not_found',
  'unavailable',
]);
