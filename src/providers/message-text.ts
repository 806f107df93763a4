import type { Redactor } from '../errors/redact.ts';

const MAX_MESSAGE_LENGTH = 500;

/** Turns a stranger's text into one that can stand in a message. */
export type Cleaner = (text: string) => string;

/**
 * One line of at most 500 characters, without secrets and control, invisible or direction-changing
 * characters. Secrets go first: cutting could leave half of one.
 */
export function createCleaner(redact: Redactor): Cleaner {
  return (text) => {
    const line = redact(text.slice(0, 64 * 1024))
      .toWellFormed()
      .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
      .trim();
    const clean = redact(line);
    return clean.length > MAX_MESSAGE_LENGTH
      ? `${clean.slice(0, MAX_MESSAGE_LENGTH - 1).toWellFormed()}…`
      : clean;
  };
}
