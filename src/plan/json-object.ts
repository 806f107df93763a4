import type { JsonValue } from '../ports/json.ts';

/** An object, not a list. Look names up with `Object.hasOwn`: they are the user's. */
export function isJsonObject(
  value: JsonValue | undefined,
): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
