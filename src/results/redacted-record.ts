import { redactedValue, type Redactor } from '../errors/redact.ts';
import type { ResultRecord } from './record.ts';

/**
 * A record without secrets in a parsed answer. Texts have lost theirs when they came in; parsing undoes
 * escapes, and may bring together what did not look like one.
 */
export function redactedRecord(record: ResultRecord, redact: Redactor): ResultRecord {
  const { output } = record;
  if (typeof output !== 'object' || output === null) return record;
  return { ...record, output: redactedValue(output, redact) };
}
