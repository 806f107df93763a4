import { wellFormed } from '../ports/well-formed.ts';
import type { ResultRecord } from './record.ts';

/** One line of JSONL, `\n` at its end. */
export function recordLine(record: ResultRecord): string {
  return `${safeJson(record)}\n`;
}

/**
 * JSON on one line, safe to print wherever it lands: the value is unchanged, but no CI runner can
 * read a workflow command in it (`##[…]` anywhere in a line counts as one), no reader that splits
 * on U+2028 can tear it, and no terminal finds a control or text-direction character.
 */
export function safeJson(value: object): string {
  const line = JSON.stringify(value);
  // Half of a surrogate pair is written as an escape that other readers refuse.
  const readable = HALF_PAIR.test(line) ? JSON.stringify(wellFormed(value)) : line;
  return readable.replace(UNSAFE, escapeUnit);
}

const HALF_PAIR = /\\ud[89a-f]/i;

const UNSAFE = /#\[|[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function escapeUnit(found: string): string {
  if (found === '#[') return '#\\u005b';
  return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
