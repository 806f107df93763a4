import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { SimulationReport } from '../../src/cli/print-rehearsal.ts';

const ajv = new Ajv2020({ allowUnionTypes: true, strict: false });
const validate = ajv.compile<SimulationReport>(
  JSON.parse(readFileSync('schemas/simulation.schema.json', 'utf8')),
);

/** The simulation that a text of JSON holds, held against the schema; throws for anything else. */
export function simulationIn(json: string): SimulationReport {
  const value: unknown = JSON.parse(json);
  if (!validate(value)) throw new Error(ajv.errorsText(validate.errors));
  return value;
}
