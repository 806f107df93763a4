/** An object in a parsed body, with unchecked fields. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under a key, or an empty one. */
export function objectAt(value: unknown, key: string): JsonObject {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : {};
}

/** The list under a key, or an empty one. */
export function listAt(value: unknown, key: string): readonly unknown[] {
  const found = isObject(value) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
}

/** The string under a key; undefined if it is empty or not a string. */
export function textAt(value: unknown, key: string): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** The content of a message: a string, or the parts of type `text` in a list (no thinking). */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (isObject(content)) return textAt(content, 'text') ?? '';
  if (!Array.isArray(content)) return '';
  return content
    .map((part) => {
      if (typeof part === 'string') return part;
      const type = textAt(part, 'type') ?? 'text';
      return type.endsWith('text') && type !== 'reasoning_text' ? (textAt(part, 'text') ?? '') : '';
    })
    .join('');
}
