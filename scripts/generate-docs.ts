/**
 * Brings docs/cli.md and docs/manifest.md up to date with the tables of commands and flags and with the
 * schema. Part of `npm run generate`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { manifestSchema, merged } from './manifest-schema.ts';
import { cliReference } from './reference/cli.ts';
import { manifestReference, type KeySchema } from './reference/manifest.ts';

const BEGIN = '<!-- generated: begin -->';
const END = '<!-- generated: end -->';

/** The pages that are partly generated, each with its current generated part. */
export function generatedParts(): ReadonlyArray<readonly [page: string, part: string]> {
  const schema: KeySchema = merged(manifestSchema());
  return [
    ['docs/cli.md', cliReference()],
    ['docs/manifest.md', manifestReference(schema)],
  ];
}

/** A page with its generated part replaced. */
export function withPart(text: string, part: string): string {
  const [before, rest = ''] = text.split(BEGIN);
  const after = rest.split(END)[1];
  if (after === undefined) throw new Error(`there is no part between ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n\n${part}\n\n${END}${after}`;
}

function inRepo(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [page, part] of generatedParts()) {
    const file = inRepo(page);
    writeFileSync(file, withPart(readFileSync(file, 'utf8'), part));
  }
}
