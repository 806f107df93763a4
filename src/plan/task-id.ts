import { createHash } from 'node:crypto';
import { printableLine } from '../errors/escape-invisible.ts';
import type { MatrixCombination } from '../manifest/manifest.ts';
import { isJsonObject, type JsonValue } from '../ports/json.ts';

export type RowKey =
  | {
      readonly ok: true;
      /** Its part of the id. */
      readonly key: string;
      /** As it is in the data. */
      readonly value: JsonValue;
    }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/**
 * What tells a row from the others: the field that `for_each.key` names, else the path, the scalar
 * itself, the field `id`, else its number. Printable, on one line, at most 200 characters.
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
      hint: 'name a field that holds a plain value with `key`',
    };
  }
  if (keyText(value) !== undefined || field === undefined) return plainKey(value, number);
  return {
    ok: false,
    message: `row ${number} has ${value === undefined ? 'no' : 'an empty'} key \`${field}\``,
    hint: 'give it one: it becomes part of the id',
  };
}

/** Its number, where there is nothing in it. */
function plainKey(value: JsonValue | undefined, number: number): RowKey {
  const key = keyText(value);
  return key === undefined || value === undefined
    ? { ok: true, key: String(number), value: number }
    : { ok: true, key, value };
}

/** An id with another part: `review`, `review@src/auth.ts`, `review@src/auth.ts,lens=bugs`, `review@lens=bugs`. */
export function taskId(
  start: string,
  { key, matrix }: { readonly key?: string | undefined; readonly matrix?: string | undefined },
): string {
  const parts = [key, matrix].filter((part) => part !== undefined);
  if (parts.length === 0) return start;
  // An entry's own id has no `@` in it.
  return `${start}${start.includes('@') ? ',' : '@'}${parts.join(',')}`;
}

/** The part of an id that a combination makes: `lens=bugs,tone=kind`. */
export function matrixKey(combination: MatrixCombination): string {
  return Object.entries(combination)
    .map(([axis, value]) => `${shortLine(axis)}=${keyText(value) ?? ''}`)
    .join(',');
}

const MAX_KEY_LENGTH = 200;

/** Undefined when there is nothing in it. */
function keyText(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return shortLine(typeof value === 'string' ? value : JSON.stringify(value));
}

function shortLine(text: string): string {
  const isPlain = text.length <= MAX_KEY_LENGTH && PLAIN.test(text);
  if (isPlain) return text;
  const line = printableLine(text.slice(0, MAX_KEY_LENGTH + 1));
  if (text.length <= MAX_KEY_LENGTH && line.length <= MAX_KEY_LENGTH) return line;
  // Two long keys that begin alike stay apart.
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const kept = line.slice(0, MAX_KEY_LENGTH - hash.length - 1);
  return `${kept.replace(/[\uD800-\uDBFF]$/, '')}~${hash}`;
}
/** Most keys: nothing to look at twice. */
const PLAIN = /^[\w./ -]*$/;
