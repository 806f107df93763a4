import type { Redactor } from '../errors/redact.ts';

const MAX_MESSAGE_LENGTH = 500;
/** Bounds the work on a text of megabytes. */
const MAX_READ_LENGTH = 64 * 1024;

/** Turns a stranger's text into one that can be in a message. */
export type Cleaner = (text: string) => string;

/**
 * One line of at most 500 characters, without secrets and control, invisible or direction-changing
 * characters. Secrets go before it is cut, which could leave half of one.
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
