import { column, type Column } from './chunked-array.ts';

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
  readonly #keys: Column;
  readonly #older: Column;
  /** A line's number and 1; 0 in those that are empty. */
  #slots = column(Int32Array);
  /** A power of two. */
  #size = 64;
  #used = 0;

  constructor(columns: { readonly keys: Column; readonly older: Column }) {
    this.#keys = columns.keys;
    this.#older = columns.older;
  }

  /** Puts a line, whose key is in its column, before the others of that key. */
  add(line: number): void {
    if (this.#used * 2 >= this.#size) this.#grow();
    const slot = this.#slotOf(keyAt(this.#keys, line));
    const newest = this.#lineIn(slot);
    if (newest === NONE) this.#used += 1;
    this.#older.set(line, newest);
    this.#slots.set(slot, line + 1);
  }

  /** The newest line of a key, or `NONE`. */
  newest(key: Uint32Array): number {
    return this.#lineIn(this.#slotOf(key));
  }

  /** The newest line with the same key as this one, or `NONE`. */
  newestLike(line: number): number {
    return this.newest(keyAt(this.#keys, line));
  }

  /** The line of the same key that was added before this one, or `NONE`. */
  older(line: number): number {
    return this.#older.at(line);
  }

  /** Makes a line the first to be found; those before it are not found again. */
  skipTo(line: number): void {
    this.#slots.set(this.#slotOf(keyAt(this.#keys, line)), line + 1);
  }

  #lineIn(slot: number): number {
    return this.#slots.at(slot) - 1;
  }

  /** Where a key's newest line is, or is to go. */
  #slotOf(key: Uint32Array): number {
    for (let slot = this.#home(key[0] ?? 0); ; slot = this.#home(slot + 1)) {
      const line = this.#lineIn(slot);
      if (line === NONE || hasKey(this.#keys, line, key)) return slot;
    }
  }

  #home(word: number): number {
    return word & (this.#size - 1);
  }

  #grow(): void {
    const [old, oldSize] = [this.#slots, this.#size];
    this.#slots = column(Int32Array);
    this.#size = 2 * oldSize;
    for (let at = 0; at < oldSize; at++) {
      const line = old.at(at) - 1;
      if (line === NONE) continue;
      // No two lines in slots have the same key.
      let slot = this.#home(this.#keys.at(line * KEY_WORDS));
      while (this.#lineIn(slot) !== NONE) slot = this.#home(slot + 1);
      this.#slots.set(slot, line + 1);
    }
  }
}

export function setKey(keys: Column, line: number, key: Uint32Array): void {
  for (let word = 0; word < KEY_WORDS; word++) keys.set(line * KEY_WORDS + word, key[word] ?? 0);
}

export function hasKey(keys: Column, line: number, key: Uint32Array): boolean {
  for (let word = 0; word < KEY_WORDS; word++) {
    if (keys.at(line * KEY_WORDS + word) !== key[word]) return false;
  }
  return true;
}

function keyAt(keys: Column, line: number): Uint32Array {
  const key = new Uint32Array(KEY_WORDS);
  for (let word = 0; word < KEY_WORDS; word++) key[word] = keys.at(line * KEY_WORDS + word);
  return key;
}
