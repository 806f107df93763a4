import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Summary } from '../../src/results/summary.ts';

const text = readFileSync(new URL('../../schemas/summary.schema.json', import.meta.url), 'utf8');
const schema: Record<string, unknown> = JSON.parse(text);
const validSummary = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile<Summary>(
  schema,
);

/** The value, when it is a summary and its counts add up; throws otherwise. */
export function checkSummary(value: unknown): Summary {
  if (!validSummary(value)) throw new Error(JSON.stringify(validSummary.errors));
  const { tasks, succeeded, failed, canceled, skipped, not_started: notStarted } = value;
  const sum = succeeded + failed + canceled + skipped + notStarted;
  if ((value.left_out ?? 0) > notStarted)
    throw new Error(`left out of what is not started: ${JSON.stringify(value)}`);
  if (sum !== tasks) throw new Error(`${sum} of ${tasks} tasks: ${JSON.stringify(value)}`);
  return value;
}
