import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { PlanReport } from '../../src/forecast/plan-report.ts';

const ajv = new Ajv2020({ allowUnionTypes: true, strict: false });
const validate = ajv.compile<PlanReport>(
  JSON.parse(readFileSync('schemas/plan.schema.json', 'utf8')),
);

/** The plan that a text of JSON holds, held against the schema; throws for anything else. */
export function planIn(json: string): PlanReport {
  const value: unknown = JSON.parse(json);
  if (!validate(value)) throw new Error(ajv.errorsText(validate.errors));
  return value;
}
