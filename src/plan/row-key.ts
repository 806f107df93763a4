import { isJsonObject, type JsonValue } from '../ports/json.ts';
import { keyText } from './task-id.ts';

export type RowKey =
  | {
      readonly ok: true;
      readonly key: string;
      readonly value: JsonValue;
    }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/**
 * A row's key: the field in `for_each.key`, otherwise the path, the scalar itself, the field `id`,
 * or the row number.
 */
export function rowKey(item: JsonValue, number: number, field: string | undefined): RowKey {
  if (!isJsonObject(item)) {
    if (field === undefined) return plainKey(item, number);
    return {
      ok: false,
      message: `row ${number} is a plain value without the key \`${field}\``,
      hint: 'delete `key`: a plain value is its own key',
    };
  }
  const name = field ?? (Object.hasOwn(item, 'path') ? 'path' : 'id');
  const value = Object.hasOwn(item, name) ? item[name] : undefined;
  if (typeof value === 'object' && value !== null) {
    const kind = Array.isArray(value) ? 'a list' : 'an object';
    return {
      ok: false,
      message: `the key \`${name}\` of row ${number} is ${kind}`,
      hint: 'set `key` to a field that holds a plain value',
    };
  }
  if (keyText(value) !== undefined || field === undefined) return plainKey(value, number);
  return {
    ok: false,
    message: `row ${number} has ${value === undefined ? 'no' : 'an empty'} key \`${field}\``,
    hint: 'give it one: it becomes part of the id',
  };
}

/** Uses the row number if the value is empty. */
function plainKey(value: JsonValue | undefined, number: number): RowKey {
  const key = keyText(value);
  return key === undefined || value === undefined
    ? { ok: true, key: String(number), value: number }
    : { ok: true, key, value };
}
