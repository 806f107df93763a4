export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * Whether a value is an object and not a list. Look up its keys with `Object.hasOwn`, because users
 * choose them.
 */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of JSON; undefined if the text is not JSON. */
export function parsedJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether lists and objects have at most this many levels. Most functions on JSON, including
 * `JSON.stringify`, recurse, and a few thousand levels exhaust the stack.
 */
export function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((each) => isShallow(each, levels - 1));
}

/**
 * The first number, as written, whose value JavaScript would change: an id of 19 digits, or a
 * number that is too large. Undefined if there is none, or if the text is not JSON.
 */
export function changedNumber(text: string): string | undefined {
  let changed: string | undefined;
  try {
    parseJsonExactly(text, (source) => {
      changed ??= source.slice(0, MOST_DIGITS);
    });
  } catch {
    return undefined;
  }
  return changed;
}

const MOST_DIGITS = 40;

/**
 * Like `JSON.parse`, but numbers that JavaScript would change become strings, which keeps every
 * digit of an id (unless values are nested thousands of levels deep). Calls `onChanged` for each
 * such number.
 */
export function parseJsonExactly(text: string, onChanged?: (source: string) => void): JsonValue {
  if (!MAY_CHANGE.test(text)) return JSON.parse(text);
  const kept = (
    _key: string,
    value: JsonValue,
    { source }: { source?: string } = {},
  ): JsonValue => {
    if (typeof value !== 'number' || source === undefined || isAsWritten(value, source)) {
      return value;
    }
    onChanged?.(source);
    return source;
  };
  try {
    return JSON.parse(text, kept);
  } catch (error) {
    // Nested too deeply for the reviver, but not for parsing.
    if (error instanceof RangeError) return JSON.parse(text);
    throw error;
  }
}

const MAY_CHANGE = /\d{16}|\d[eE]/;

function isAsWritten(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  // A number with a fraction or an exponent is a quantity, which is rounded anyway.
  return Number.isSafeInteger(value) || /[.eE]/.test(source) || String(value) === source;
}

/** JSON whose values may be absent. */
export type Canonical =
  | JsonValue
  | undefined
  | readonly Canonical[]
  | { readonly [key: string]: Canonical };

/** JSON with sorted keys and without absent values: equal values give equal strings. */
export function canonicalJson(value: Canonical): string {
  if (value === undefined) return 'null';
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let members = '';
  for (const key of Object.keys(value).sort()) {
    const each = value[key];
    if (each === undefined) continue;
    members += `${members && ','}${JSON.stringify(key)}:${canonicalJson(each)}`;
  }
  return `{${members}}`;
}

function isList(value: object): value is readonly Canonical[] {
  return Array.isArray(value);
}
