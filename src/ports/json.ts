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
 * A number of a JSON text, as it is written there, that its value is not: an id of 19 digits, or one
 * beyond all bounds. Undefined when there is none, or the text is no JSON.
 */
export function changedNumber(text: string): string | undefined {
  let changed: string | undefined;
  const look = (_key: string, value: unknown, { source }: { source?: string } = {}): unknown => {
    if (typeof value === 'number' && source !== undefined && !isWhatIsWritten(value, source)) {
      changed ??= source.slice(0, MOST_DIGITS);
    }
    return value;
  };
  if (!MAY_CHANGE.test(text)) return undefined;
  try {
    JSON.parse(text, look);
  } catch {
    return undefined;
  }
  return changed;
}

const MAY_CHANGE = /\d{16}|\d[eE]/;
const MOST_DIGITS = 40;

function isWhatIsWritten(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  // One with a fraction or an exponent is an amount, and rounded anyway.
  return !Number.isInteger(value) || Number.isSafeInteger(value) || /[.eE]/.test(source);
}
