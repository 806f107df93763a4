/**
 * Copies the schema of a plan into the schema of a plan against a base, so that each can be used
 * alone. Part of `npm run generate`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Schema {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, object>>;
  readonly $defs: object;
}

const AGAINST = 'schemas/against.schema.json';

/** The schema of a plan against a base, with the current schema of a plan. */
export function againstSchema(): Schema {
  const { required, properties, ...against } = read(AGAINST);
  const plan = read('schemas/plan.schema.json');
  return {
    ...against,
    required: [...new Set([...required, ...plan.required])],
    properties: { ...properties, ...plan.properties },
    $defs: plan.$defs,
  };
}

function read(path: string): Schema {
  return JSON.parse(readFileSync(inRepo(path), 'utf8'));
}

function inRepo(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(inRepo(AGAINST), `${JSON.stringify(againstSchema(), null, 2)}\n`);
}
