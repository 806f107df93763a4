/**
 * Strings by key, up to a total number of bytes; beyond that, the oldest are dropped. They are
 * stored in buffers, to keep them out of the JavaScript heap.
 */
export interface TextMemory {
  get(key: string): string | undefined;
  /** Replaces an earlier string. A string larger than a tenth of `maxBytes` is not stored. */
  put(key: string, text: string): void;
}

export function createTextMemory(maxBytes: number): TextMemory {
  const texts = new Map<string, Buffer>();
  let bytes = 0;

  function forget(key: string): void {
    const text = texts.get(key);
    if (!text) return;
    texts.delete(key);
    bytes -= key.length + text.length;
  }

  return {
    get: (key) => texts.get(key)?.toString(),
    put(key, text) {
      forget(key);
      const kept = Buffer.from(text);
      if (kept.length > maxBytes / 10) return;
      texts.set(key, kept);
      bytes += key.length + kept.length;
      for (const oldest of texts.keys()) {
        if (bytes <= maxBytes) return;
        forget(oldest);
      }
    },
  };
}
