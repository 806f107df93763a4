import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { canonicalJson, type Canonical } from '../ports/json.ts';

/**
 * Distinguishes what Volley wrote with this key from what others wrote. A seal is an HMAC over a
 * value's canonical JSON without `seal` itself, so it does not depend on the order of keys or on
 * escapes.
 */
export interface Seal {
  /** Adds the seal or replaces it. */
  sealed<Value extends object>(value: Value): Value & { readonly seal: string };
  /** Checks the seal of a value parsed from JSON. */
  check(value: object): SealCheck;
}

/** `ours`: sealed with this key and unchanged. `foreign`: sealed with another key, or changed. */
export type SealCheck = 'ours' | 'foreign' | 'unsealed';

/** Shorter keys could be guessed. */
export const LEAST_KEY_BYTES = 32;

export function createSeal(key: string | Uint8Array): Seal {
  if (Buffer.byteLength(key) < LEAST_KEY_BYTES) {
    throw new Error(`a seal key needs at least ${LEAST_KEY_BYTES} bytes`);
  }
  // Prepared only once, because that takes longer than sealing a record.
  const secret = createSecretKey(Buffer.from(key));
  const sealOf = (value: object): string => {
    const json = canonicalJson(withoutSeal(value));
    return VERSION + createHmac('sha256', secret).update(json).digest('base64url');
  };
  return {
    sealed: (value) => ({ ...value, seal: sealOf(value) }),
    check(value) {
      const found = 'seal' in value ? value.seal : undefined;
      if (found === undefined) return 'unsealed';
      return typeof found === 'string' && isSame(found, sealOf(value)) ? 'ours' : 'foreign';
    },
  };
}

const VERSION = 'v1:';

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function withoutSeal(value: object): Canonical {
  const { seal: _, ...rest }: { readonly seal?: unknown } = value;
  return rest;
}
