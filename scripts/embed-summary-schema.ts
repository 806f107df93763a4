/**
 * Copies the schema of a summary into the schema of a simulation, so that each can be used alone.
 * Part of `npm run generate`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Schema {
  readonly [key: string]: unknown;
  readonly $defs?: Readonly<Record<string, unknown>>;
}

const SIMULATION = 'schemas/simulation.schema.json';

/** The schema of a simulation, with the current schema of a summary. */
export function simulationSchema(): Schema {
  const simulation = read(SIMULATION);
  const { $schema: _dialect, $defs, ...summary } = read('schemas/summary.schema.json');
  return { ...simulation, $defs: { ...$defs, summary } };
}

function read(path: string): Schema {
  return JSON.parse(readFileSync(inRepo(path), 'utf8'));
}

function inRepo(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(inRepo(SIMULATION), `${JSON.stringify(simulationSchema(), null, 2)}\n`);
}
