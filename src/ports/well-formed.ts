/**
 * Replaces each unpaired surrogate with U+FFFD, even in keys, because servers reject unpaired
 * surrogates as invalid JSON. A value without any is returned unchanged.
 */
export function wellFormed<Value>(value: Value): Value;
export function wellFormed(value: unknown): unknown {
  return isWellFormed(value) ? value : repaired(value);
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isWellFormed);
  // Faster than `Object.entries`, and every request and record is checked.
  return Object.keys(value).every(
    (key) => key.isWellFormed() && isWellFormed(Reflect.get(value, key)),
  );
}

function repaired(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(repaired);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.toWellFormed(), repaired(item)]),
  );
}
