/**
 * Compiles schemas into validators without imports, so that start-up loads no schema compiler.
 * `npm run generate` writes them; `--check` only checks that they are current.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { merged, withoutAnnotations, type Schema } from './manifest-schema.ts';

export interface GeneratedValidator {
  /** Both paths are relative to the repo. */
  readonly schema: string;
  readonly out: string;
}

export const generatedValidators: readonly GeneratedValidator[] = [
  { schema: 'schemas/manifest.schema.json', out: 'src/generated/manifest-validator.ts' },
];

/** The text of a generated module: `export const validate`, and no import. */
export function validatorModule({ schema }: GeneratedValidator): string {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    strictRequired: false,
    allowMatchingProperties: true,
    code: { source: true, esm: true, lines: true },
  });
  const written: Schema = JSON.parse(readFileSync(inRepo(schema), 'utf8'));
  const compiled = ajv.compile(withoutAnnotations(merged(written)));
  const code = standalone
    .default(ajv, compiled)
    .replace(/^export const validate = /m, `export const validate: ${TYPE} = `)
    .replace(/^export default .*$/m, '')
    // ajv copies all earlier errors for each list entry with an error. 50,000 such entries take 7
    // s.
    .replaceAll(/vErrors\.concat\(([\w.]+)\)/g, 'appended(vErrors, $1)');
  return `// @ts-nocheck\n// Made from ${schema} by scripts/generate-validators.ts: do not edit.\n${code}\n${APPENDED}\n`;
}

/** Keeps far more errors than are shown, and drops the rest. */
const APPENDED = `function appended(errors, more) {
  for (const error of more) if (errors.length < 10000) errors.push(error);
  return errors;
}`;

const TYPE =
  '((data: unknown) => boolean) & { readonly errors?: null | ReadonlyArray<{ ' +
  'readonly instancePath: string; readonly keyword: string; readonly params: Readonly<Record<string, unknown>>; ' +
  'readonly parentSchema: Readonly<Record<string, unknown>>; readonly data: unknown }> }';

function inRepo(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const each of generatedValidators) {
    const text = validatorModule(each);
    if (!process.argv.includes('--check')) writeFileSync(inRepo(each.out), text);
    else if (readFileSync(inRepo(each.out), 'utf8') !== text) {
      process.stderr.write(`${each.out} is not current: npm run generate\n`);
      process.exitCode = 1;
    }
  }
}
