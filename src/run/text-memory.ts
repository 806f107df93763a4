/**
 * Texts by key, up to so many bytes; the oldest are forgotten. They lie in two buffers that are used
 * again and again: as strings and objects, each would grow old in the garbage collector's hands before
 * it is forgotten, and a run that lasts long would take several times the room.
 */
export interface TextMemory {
  get(key: string): string | undefined;
  /** In the place of an earlier one. A text that is larger than a tenth of all the room is not kept. */
  put(key: string, text: string): void;
}

export function createTextMemory(maxBytes: number): TextMemory {
  const largest = Math.ceil(maxBytes / 10);
  // The newer is filled; when it is full, the older is emptied and takes its place.
  let newer = createHalf(Math.floor(maxBytes / 2));
  let older = createHalf(Math.floor(maxBytes / 2));
  return {
    get: (key) => newer.get(key) ?? older.get(key),
    put(key, text) {
      newer.forget(key);
      older.forget(key);
      if (Buffer.byteLength(text) > largest || newer.put(key, text)) return;
      [newer, older] = [older, newer];
      newer.clear();
      newer.put(key, text);
    },
  };
}

interface Half {
  get(key: string): string | undefined;
  /** For a key that is not there. False if there is no room for it. */
  put(key: string, text: string): boolean;
  forget(key: string): void;
  clear(): void;
}

/** Each time it is full it doubles, up to its bound: a short run takes little room. */
const FIRST_BYTES = 4 * 1024;
/** With texts of ordinary length, a few share a slot. */
const BYTES_PER_SLOT = 1_024;
/** Before each text: where the text before it in its slot begins, where it ends, the bytes of its key. */
const HEADER = { previous: 0, end: 4, keyBytes: 8, length: 12 } as const;
/** No text; of the bytes of a key: forgotten. */
const NONE = 0xffff_ffff;

/** A hash table in one stretch of memory: each slot is a chain of texts, each with its key before it. */
function createHalf(maxBytes: number): Half {
  let bytes = Buffer.alloc(0);
  /** Where the last text of each chain begins. */
  let slots = new Uint32Array(0);
  let used = 0;

  /** Where the header of a text begins, or `NONE`. */
  function find(key: string): number {
    let at = slots[slotOf(key)] ?? NONE;
    while (at !== NONE && keyAt(at) !== key) at = bytes.readUInt32LE(at + HEADER.previous);
    return at;
  }

  function slotOf(key: string): number {
    return hashOf(key) % slots.length;
  }

  function keyAt(at: number): string | undefined {
    const length = bytes.readUInt32LE(at + HEADER.keyBytes);
    const start = at + HEADER.length;
    return length === NONE ? undefined : bytes.toString('utf8', start, start + length);
  }

  function link(at: number, key: string): void {
    const slot = slotOf(key);
    bytes.writeUInt32LE(slots[slot] ?? NONE, at + HEADER.previous);
    slots[slot] = at;
  }

  function grow(length: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(maxBytes, length));
    bytes.copy(larger, 0, 0, used);
    bytes = larger;
    slots = new Uint32Array(Math.ceil(larger.length / BYTES_PER_SLOT)).fill(NONE);
    for (let at = 0; at < used; at = bytes.readUInt32LE(at + HEADER.end)) {
      const key = keyAt(at);
      if (key !== undefined) link(at, key);
    }
  }

  return {
    get(key) {
      const at = find(key);
      if (at === NONE) return undefined;
      const start = at + HEADER.length + bytes.readUInt32LE(at + HEADER.keyBytes);
      return bytes.toString('utf8', start, bytes.readUInt32LE(at + HEADER.end));
    },
    put(key, text) {
      const at = used;
      const keyBytes = Buffer.byteLength(key);
      const end = at + HEADER.length + keyBytes + Buffer.byteLength(text);
      if (end > maxBytes) return false;
      if (end > bytes.length) grow(Math.max(FIRST_BYTES, 2 * bytes.length, end));
      bytes.writeUInt32LE(end, at + HEADER.end);
      bytes.writeUInt32LE(keyBytes, at + HEADER.keyBytes);
      bytes.write(key, at + HEADER.length);
      bytes.write(text, at + HEADER.length + keyBytes);
      link(at, key);
      used = end;
      return true;
    },
    forget(key) {
      const at = find(key);
      if (at !== NONE) bytes.writeUInt32LE(NONE, at + HEADER.keyBytes);
    },
    clear() {
      slots.fill(NONE);
      used = 0;
    },
  };
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
