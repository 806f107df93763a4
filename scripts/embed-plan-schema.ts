/**
 * Puts what a plan says of cost and time into the schema of a plan against a base, so that each of them can be used
 * alone. Part of `npm run generate`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Schema {
  readonly properties: Readonly<Record<string, object>>;
  readonly $defs: object;
}

const AGAINST = 'schemas/against.schema.json';

/** Parts of a plan that stand in the other as they are. */
const SHARED = new Set(['models', 'total', 'already_done', 'cached', 'prices_as_of', 'warnings']);

/** The schema of a plan against a base, with that of a plan as it is now. */
export function againstSchema(): Schema {
  const against = read(AGAINST);
  const { properties, $defs } = read('schemas/plan.schema.json');
  const shared = Object.entries(properties).filter(([name]) => SHARED.has(name));
  return {
    ...against,
    properties: { ...against.properties, ...Object.fromEntries(shared) },
    $defs,
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
