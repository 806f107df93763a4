import { secretsOf } from '../errors/environment-secrets.ts';
import { createRedactor, type Redactor } from '../errors/redact.ts';

/** Takes the values of secret variables out of what is printed: those that sound like one, and passwords in URLs. */
export function environmentRedactor(): Redactor {
  return createRedactor(secretsOf(process.env));
}
