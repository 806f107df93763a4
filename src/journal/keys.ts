import { hash } from 'node:crypto';
import { KEY_WORDS } from './key-chains.ts';

/**
 * The first 128 bits of a text's SHA-256. Fingerprints are hashed once more too: the file may come
 * from anybody, and made-up ones could all be put into one slot of the table.
 */
export function keyOf(text: string): Uint32Array {
  const hex = hash('sha256', text, 'hex');
  const key = new Uint32Array(KEY_WORDS);
  for (let word = 0; word < KEY_WORDS; word++) {
    key[word] = Number.parseInt(hex.slice(word * 8, word * 8 + 8), 16);
  }
  return key;
}
