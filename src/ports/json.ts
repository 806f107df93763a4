/** A value that JSON can hold. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export type JsonObject = { readonly [key: string]: JsonValue };

/** An object, not a list. Look names up with `Object.hasOwn`: they are the user's. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether lists and objects are nested no deeper than so many levels. Most functions over JSON, `JSON.stringify` among
 * them, call themselves once per level, and some thousands exhaust the stack.
 */
export function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((each) => isShallow(each, levels - 1));
}

/**
 * A number of a JSON text, as it is written there, that its value is not: an id of 19 digits, or one
 * beyond all bounds. Undefined when there is none, or the text is not JSON.
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
 * As `JSON.parse`, which it throws like, but a number that would be another is its text: every digit of
 * an id is kept, unless values are nested thousands of levels deep. `onChanged` is called with each.
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
    // Too deep to be walked, not to be parsed.
    if (error instanceof RangeError) return JSON.parse(text);
    throw error;
  }
}

const MAY_CHANGE = /\d{16}|\d[eE]/;

function isAsWritten(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  // One with a fraction or an exponent is an amount, and rounded anyway.
  return Number.isSafeInteger(value) || /[.eE]/.test(source) || String(value) === source;
}

/** What `canonicalJson` takes: JSON in which a value may be absent. */
export type Canonical =
  | JsonValue
  | undefined
  | readonly Canonical[]
  | { readonly [key: string]: Canonical };

/** JSON with keys sorted by code unit and absent values left out: equal values give equal texts. */
export function canonicalJson(value: Canonical): string {
  if (value === undefined) return 'null';
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`);
  return `{${entries.join(',')}}`;
}

function isList(value: object): value is readonly Canonical[] {
  return Array.isArray(value);
}
