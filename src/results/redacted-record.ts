import { redactedValue, type Redactor } from '../errors/redact.ts';
import type { ResultRecord } from './record.ts';

/**
 * Removes secrets from a parsed answer. They were already removed from its text, but parsing undoes
 * escapes and may reveal new ones.
 */
export function redactedRecord(record: ResultRecord, redact: Redactor): ResultRecord {
  const { output } = record;
  if (typeof output !== 'object' || output === null) return record;
  return { ...record, output: redactedValue(output, redact) };
}
