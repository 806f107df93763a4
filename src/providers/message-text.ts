import type { Redactor } from '../errors/redact.ts';

const MAX_MESSAGE_LENGTH = 500;
/** Limits the work on huge messages. */
const MAX_READ_LENGTH = 64 * 1024;

/** Makes untrusted text safe for a message. */
export type Cleaner = (text: string) => string;

/**
 * One line of at most 500 characters, without secrets and without control, invisible or direction-changing characters.
 * Secrets are removed first, because truncation could leave half of a secret.
 */
export function createCleaner(redact: Redactor): Cleaner {
  return (text) => {
    const line = text
      .slice(0, MAX_READ_LENGTH)
      .toWellFormed()
      .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
      .trim();
    const clean = redact(line);
    return clean.length > MAX_MESSAGE_LENGTH
      ? `${clean.slice(0, MAX_MESSAGE_LENGTH - 1).toWellFormed()}…`
      : clean;
  };
}
