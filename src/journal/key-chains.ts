import { hash } from 'node:crypto';
import { column, type Column } from './chunked-array.ts';

/** Words per key: 128 bits are enough that different texts never share a key. */
export const KEY_WORDS = 4;

export const NONE = -1;

/**
 * Groups lines by key. A hash table holds the newest line of each key in its slots, and each line
 * has a link to the next older one. The keys stay in the caller's column, so a million lines cost
 * 12 MB here.
 */
export class KeyChains {
  readonly #keys: Column;
  readonly #older: Column;
  /** Line numbers plus 1; 0 in empty slots. */
  #slots = column(Int32Array);
  /** A power of two. */
  #size = 64;
  #used = 0;

  constructor(columns: { readonly keys: Column; readonly older: Column }) {
    this.#keys = columns.keys;
    this.#older = columns.older;
  }

  /** Adds a line as the newest of its key. The key must be in the column. */
  add(line: number): void {
    if (this.#used * 2 >= this.#size) this.#grow();
    const slot = this.#slotOf(keyAt(this.#keys, line));
    const newest = this.#lineIn(slot);
    if (newest === NONE) this.#used += 1;
    this.#older.set(line, newest);
    this.#slots.set(slot, line + 1);
  }

  /** The newest line with this key, or `NONE`. */
  newest(key: Uint32Array): number {
    return this.#lineIn(this.#slotOf(key));
  }

  newestLike(line: number): number {
    return this.newest(keyAt(this.#keys, line));
  }

  /** The next older line with the same key, or `NONE`. */
  older(line: number): number {
    return this.#older.at(line);
  }

  /** Makes this line the newest of its key. Newer ones can no longer be found. */
  skipTo(line: number): void {
    this.#slots.set(this.#slotOf(keyAt(this.#keys, line)), line + 1);
  }

  #lineIn(slot: number): number {
    return this.#slots.at(slot) - 1;
  }

  /** The slot that holds a key's newest line, or the empty slot where it belongs. */
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
      // Keys need not be compared: each one occurs in only one slot.
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

/**
 * The first 128 bits of a string's SHA-256. Even fingerprints are hashed again: a results file may
 * come from anyone, and crafted fingerprints could all land in one slot of the table.
 */
export function keyOf(text: string): Uint32Array {
  // The digest is a string with one byte per character: for a million keys, that is three times as
  // fast as a buffer.
  const digest = hash('sha256', text, 'binary');
  const key = new Uint32Array(KEY_WORDS);
  for (let word = 0; word < KEY_WORDS; word++) {
    for (let at = 4 * word; at < 4 * word + 4; at++) {
      key[word] = ((key[word] ?? 0) << 8) | digest.charCodeAt(at);
    }
  }
  return key;
}
