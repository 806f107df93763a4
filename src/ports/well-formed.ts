/**
 * The value with U+FFFD for each unpaired surrogate, even in keys, because servers reject these as invalid JSON. A value
 * without any is returned unchanged.
 */
export function wellFormed<Value>(value: Value): Value;
export function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => wellFormed(item));
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries<unknown>({ ...value });
  const wellMade = entries.map(([key, item]) => [key.toWellFormed(), wellFormed(item)] as const);
  const same = wellMade.every(([key, item], at) => {
    const before = entries[at];
    return before !== undefined && before[0] === key && before[1] === item;
  });
  return same ? value : Object.fromEntries(wellMade);
}
