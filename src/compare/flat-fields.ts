import { TABLE_BOUNDS } from '../errors/input-limits.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../ports/json.ts';

/** A plain value or list within a value, and its path: `['address', 'city']`. */
export interface FlatField {
  readonly path: readonly string[];
  readonly value: JsonValue;
}

/**
 * The fields of an object, including those of nested objects. Lists, empty objects and objects that
 * are nested too deeply count as one field.
 */
export function flatFields(value: JsonValue, path: readonly string[] = []): readonly FlatField[] {
  if (!isTakenApart(value, path)) return [{ path, value }];
  return Object.entries(value).flatMap(([name, each]) => flatFields(each, [...path, name]));
}

function isTakenApart(value: JsonValue | undefined, path: readonly string[]): value is JsonObject {
  return isJsonObject(value) && path.length < TABLE_BOUNDS.depth && Object.keys(value).length > 0;
}

/** The field of `flatFields` at this path; undefined if it is missing or has fields below it. */
export function valueAt(
  value: JsonValue | undefined,
  path: readonly string[],
): JsonValue | undefined {
  let at = value;
  for (const name of path) {
    if (!isJsonObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return isTakenApart(at, path) ? undefined : at;
}

/** For example `address.city`. */
export function fieldName(path: readonly string[]): string {
  return path.join('.');
}
