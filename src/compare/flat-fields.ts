import { isJsonObject, type JsonValue } from '../ports/json.ts';

/** One plain value or list in a value, and the way to it: `['address', 'city']`. */
export interface FlatField {
  readonly path: readonly string[];
  readonly value: JsonValue;
}

/** Objects in objects beyond this depth stay whole. */
const MOST_DEPTH = 8;

/** The fields of an object, those of objects in it included; a list or an empty object is one field. */
export function flatFields(value: JsonValue, path: readonly string[] = []): readonly FlatField[] {
  if (!isJsonObject(value) || path.length >= MOST_DEPTH) return [{ path, value }];
  const entries = Object.entries(value);
  if (entries.length === 0) return [{ path, value }];
  return entries.flatMap(([name, each]) => flatFields(each, [...path, name]));
}

/** The name of a column or field: `address.city`. */
export function fieldName(path: readonly string[]): string {
  return path.join('.');
}
