import { createHash } from 'node:crypto';
import { printableLine } from '../errors/escape-invisible.ts';
import type { MatrixCombination } from '../manifest/manifest.ts';
import { isJsonObject, type JsonValue } from '../ports/json.ts';

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

/** Adds parts to an id: `review@src/auth.ts`, `review@src/auth.ts,lens=bugs`. */
export function taskId(
  start: string,
  { key, matrix }: { readonly key?: string | undefined; readonly matrix?: string | undefined },
): string {
  const parts = [key, matrix].filter((part) => part !== undefined);
  if (parts.length === 0) return start;
  // An entry's own id has no `@`.
  return `${start}${start.includes('@') ? ',' : '@'}${parts.join(',')}`;
}

/** A combination's part of the id: `lens=bugs,tone=kind`. */
export function matrixKey(combination: MatrixCombination): string {
  return Object.entries(combination)
    .map(([axis, value]) => `${shortLine(axis)}=${keyText(value) ?? ''}`)
    .join(',');
}

const MAX_KEY_LENGTH = 200;

/** Undefined for an empty value. */
function keyText(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return shortLine(typeof value === 'string' ? value : JSON.stringify(value));
}

function shortLine(text: string): string {
  const isPlain = text.length <= MAX_KEY_LENGTH && PLAIN.test(text);
  if (isPlain) return text;
  const line = printableLine(text.slice(0, MAX_KEY_LENGTH + 1));
  if (text.length <= MAX_KEY_LENGTH && line.length <= MAX_KEY_LENGTH) return line;
  // Keeps long keys with the same start distinct.
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const kept = line.slice(0, MAX_KEY_LENGTH - hash.length - 1);
  return `${kept.replace(/[\uD800-\uDBFF]$/, '')}~${hash}`;
}
/** Fast path: most keys need no changes. */
const PLAIN = /^[\w./ -]*$/;
