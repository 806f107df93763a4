import { createHash } from 'node:crypto';

/** 48 bits: the same for the same text on every machine. */
export function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}
