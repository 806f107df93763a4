import { sanitized } from '../errors/terminal-safe.ts';
import { wellFormed } from '../ports/well-formed.ts';
import type { ResultRecord } from './record.ts';

/** One line of JSONL, including `\n`. */
export function recordLine(record: ResultRecord): string {
  return `${safeJson(record)}\n`;
}

/**
 * JSON, on one line by default, that is safe to print anywhere: it contains no commands for CI
 * systems, no U+2028, and no control or text-direction characters for terminals. It still parses to
 * the same value.
 */
export function safeJson(value: object, { indent = 0 }: { readonly indent?: number } = {}): string {
  const json = JSON.stringify(value, null, indent);
  // Lone surrogates would become escapes that other readers reject.
  const readable = HALF_PAIR.test(json) ? JSON.stringify(wellFormed(value), null, indent) : json;
  // `#[` is harmless, but the text before it may end with another `#`.
  return sanitized(readable).replaceAll('#[', '#\\u005b');
}

const HALF_PAIR = /\\ud[89a-f]/i;
