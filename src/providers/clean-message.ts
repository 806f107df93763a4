import { maskSecrets } from '../manifest/recognize-secrets.ts';
import type { Redactor } from '../errors/redact.ts';

const MAX_MESSAGE_LENGTH = 500;
/** Limits the work on huge messages. */
const MAX_READ_LENGTH = 64 * 1024;

/** Makes untrusted text safe for a message. */
export type Cleaner = (text: string) => string;

/**
 * One line of at most 500 characters, without control, invisible or direction-changing characters,
 * and without secrets: the caller's, and anything that looks like a key, because a gateway may echo
 * its own. Secrets are removed first, because truncation could leave half of a secret.
 */
export function createCleaner(redact: Redactor): Cleaner {
  return (text) => {
    const line = text
      .slice(0, MAX_READ_LENGTH)
      .toWellFormed()
      .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
      .trim();
    const clean = maskSecrets(redact(line)).replaceAll(USER_IN_URL, '[redacted]');
    return clean.length > MAX_MESSAGE_LENGTH
      ? `${clean.slice(0, MAX_MESSAGE_LENGTH - 1).toWellFormed()}…`
      : clean;
  };
}

/** `user:password` in a URL. */
const USER_IN_URL = /(?<=:\/\/)[^\s/@:]{0,256}:[^\s/@]{1,256}(?=@)/gu;
