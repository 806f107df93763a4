import type { Column } from './column.ts';

/** Words of a key: 128 bits, so that no two different texts ever share one. */
export const KEY_WORDS = 4;

/** No line. */
export const NONE = -1;

/**
 * Groups lines by key: a hash table whose slots hold the newest line of each key, and a link from
 * every line to the next older one. The keys themselves stay in the caller's column, so that a
 * million lines cost 12 MB here.
 */
export class KeyChains {
  readonly #keys: Column<Uint32Array>;
  readonly #older: Column<Int32Array>;
  #slots = new Int32Array(64).fill(NONE);
  #used = 0;

  constructor(columns: { readonly keys: Column<Uint32Array>; readonly older: Column<Int32Array> }) {
    this.#keys = columns.keys;
    this.#older = columns.older;
  }

  /** Puts a line, whose key is in its column, before the others of that key. */
  add(line: number): void {
    if (this.#used * 2 >= this.#slots.length) this.#grow();
    const slot = this.#slotOf(this.#keys.values, line * KEY_WORDS);
    const newest = this.#slots[slot] ?? NONE;
    if (newest === NONE) this.#used += 1;
    this.#older.reserve(line + 1);
    this.#older.values[line] = newest;
    this.#slots[slot] = line;
  }

  /** The newest line of a key, or `NONE`. */
  newest(key: Uint32Array): number {
    return this.#slots[this.#slotOf(key, 0)] ?? NONE;
  }

  /** The newest line with the same key as this one, or `NONE`. */
  newestLike(line: number): number {
    return this.#slots[this.#slotOf(this.#keys.values, line * KEY_WORDS)] ?? NONE;
  }

  /** The line of the same key that was added before this one, or `NONE`. */
  older(line: number): number {
    return this.#older.values[line] ?? NONE;
  }

  /** Makes a line the first to be found; those before it are not found again. */
  skipTo(line: number): void {
    this.#slots[this.#slotOf(this.#keys.values, line * KEY_WORDS)] = line;
  }

  #slotOf(words: Uint32Array, at: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = (words[at] ?? 0) & mask; ; slot = (slot + 1) & mask) {
      const line = this.#slots[slot] ?? NONE;
      if (line === NONE || sameKey(this.#keys.values, line * KEY_WORDS, words, at)) return slot;
    }
  }

  #grow(): void {
    const lines = this.#slots.filter((line) => line !== NONE);
    this.#slots = new Int32Array(this.#slots.length * 2).fill(NONE);
    for (const line of lines) {
      this.#slots[this.#slotOf(this.#keys.values, line * KEY_WORDS)] = line;
    }
  }
}

function sameKey(left: Uint32Array, at: number, right: Uint32Array, from: number): boolean {
  return (
    left[at] === right[from] &&
    left[at + 1] === right[from + 1] &&
    left[at + 2] === right[from + 2] &&
    left[at + 3] === right[from + 3]
  );
}
