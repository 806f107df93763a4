/**
 * Texts by key, up to so many bytes; the oldest are forgotten. They lie in buffers: as strings, each
 * would grow old in the garbage collector's hands before it is forgotten, and a run that goes on for
 * long would take several times the room.
 */
export interface TextMemory {
  get(key: string): string | undefined;
  /** In the place of an earlier one. A text that is larger than a tenth of all the room is not kept. */
  put(key: string, text: string): void;
}

/** Each block is twice the one before it: a short run takes little room. */
const FIRST_BLOCK_BYTES = 4 * 1024;
const MAX_BLOCK_BYTES = 1024 * 1024;

/** A stretch of memory, filled from its beginning and forgotten as a whole. */
interface Block {
  readonly bytes: Buffer;
  used: number;
  readonly keys: string[];
}

interface Place {
  readonly block: Block;
  readonly start: number;
  readonly end: number;
}

export function createTextMemory(maxBytes: number): TextMemory {
  const largest = Math.ceil(maxBytes / 10);
  const places = new Map<string, Place>();
  const blocks: Block[] = [];
  let bytes = 0;

  function blockFor(length: number): Block {
    const last = blocks.at(-1);
    if (last && last.used + length <= last.bytes.length) return last;
    const usual = last ? 2 * last.bytes.length : FIRST_BLOCK_BYTES;
    const size = Math.max(length, Math.min(usual, MAX_BLOCK_BYTES, largest));
    while (blocks.length > 0 && bytes + size > maxBytes) forgetOldest();
    const block = { bytes: Buffer.allocUnsafeSlow(size), used: 0, keys: [] };
    blocks.push(block);
    bytes += size;
    return block;
  }

  function forgetOldest(): void {
    const oldest = blocks.shift();
    bytes -= oldest?.bytes.length ?? 0;
    for (const key of oldest?.keys ?? []) {
      // It may have been put again since.
      if (places.get(key)?.block === oldest) places.delete(key);
    }
  }

  return {
    get(key) {
      const place = places.get(key);
      return place?.block.bytes.toString('utf8', place.start, place.end);
    },
    put(key, text) {
      places.delete(key);
      const length = Buffer.byteLength(text);
      if (length > largest) return;
      const block = blockFor(length);
      const start = block.used;
      block.used += block.bytes.write(text, start);
      block.keys.push(key);
      places.set(key, { block, start, end: block.used });
    },
  };
}
