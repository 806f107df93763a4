import { sanitized } from '../errors/terminal-safe.ts';
import { wellFormed } from '../ports/well-formed.ts';
import type { ResultRecord } from './record.ts';

/** One line of JSONL, `\n` at its end. */
export function recordLine(record: ResultRecord): string {
  return `${safeJson(record)}\n`;
}

/**
 * JSON, on one line unless `indent` says otherwise, safe to print wherever it lands: the value is
 * unchanged, but no CI system can read a command in it, no reader that splits on U+2028 can tear it,
 * and no terminal finds a control or text-direction character.
 */
export function safeJson(value: object, { indent = 0 }: { readonly indent?: number } = {}): string {
  const json = JSON.stringify(value, null, indent);
  // Half of a surrogate pair is written as an escape that other readers refuse.
  const readable = HALF_PAIR.test(json) ? JSON.stringify(wellFormed(value), null, indent) : json;
  // `#[` by itself is harmless, but what is before the text may end with another `#`.
  return sanitized(readable).replaceAll('#[', '#\\u005b');
}

const HALF_PAIR = /\\ud[89a-f]/i;
