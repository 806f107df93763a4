import { types } from 'node:util';
import { createContext, Script } from 'node:vm';
import type { JsonObject, JsonValue } from '../ports/json.ts';
import { FORMATS } from './json-schema-formats.ts';
import type { Path } from './source-node.ts';

/** A part of a value that is not as a schema wants it. */
export interface Misfit {
  readonly path: Path;
  /** What it must be, to stand after its name: `must be number`. */
  readonly must: string;
  /** The value at `path`. */
  readonly data: unknown;
}

export type CompiledSchema =
  | { readonly ok: true; readonly misfitsOf: MisfitsOf }
  /** Where the schema itself is wrong; never empty. */
  | { readonly ok: false; readonly misfits: readonly Misfit[] };

/** What does not fit, from the outside in; empty when all does. */
export type MisfitsOf = (value: JsonValue) => readonly Misfit[];

/**
 * Compiles a JSON Schema (2020-12, whatever its `$schema` says). The one door to ajv, which is loaded
 * by the first schema. Schemas and answers are strangers' work, and a pattern can take for ever: what
 * is not done within a second counts as not fitting.
 */
export async function compileSchema(schema: JsonObject): Promise<CompiledSchema> {
  opening ??= openAjv();
  const { language, compile } = await opening;
  const bounded = timeBound();
  const { $schema: _dialect, ...rest } = schema;
  const compiled = bounded(() => {
    const isSchema = language.validateSchema(rest);
    return isSchema === true ? { check: compile(rest) } : { errors: language.errors ?? [] };
  });
  if (!compiled.ok) return { ok: false, misfits: [wholly(compiled.why, rest)] };
  const { check, errors } = compiled.value;
  if (!check) return { ok: false, misfits: firstOfEach(errors.map(misfit)) };
  return {
    ok: true,
    misfitsOf(value) {
      const checked = bounded(() => check(value));
      if (!checked.ok) return [wholly(checked.why, value)];
      return checked.value ? [] : outermost((check.errors ?? []).map(misfit));
    },
  };
}

let opening: ReturnType<typeof openAjv> | undefined;

/** One instance knows the language, which takes it long to learn; each schema is compiled apart from others. */
async function openAjv() {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const options = { allErrors: true, verbose: true, strict: false, logger: false } as const;
  const apart = { ...options, formats: FORMATS, validateSchema: false, meta: false };
  return {
    language: new Ajv2020(options),
    compile: (schema: JsonObject) => new Ajv2020(apart).compile(schema),
  };
}

/** What ajv says of an error, as far as it is used here. */
interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  readonly data?: unknown;
}

function misfit({ instancePath, keyword, params, message = '', data }: SchemaError): Misfit {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return { path, must: mustBe(keyword, params, message), data };
}

function mustBe(keyword: string, params: SchemaError['params'], message: string): string {
  switch (keyword) {
    case 'required':
      return `must have \`${String(params['missingProperty'])}\``;
    case 'additionalProperties':
      return `must not have \`${String(params['additionalProperty'])}\``;
    case 'enum':
      return `must be one of ${list(params['allowedValues'])}`;
    case 'const':
      return `must be \`${JSON.stringify(params['allowedValue'])}\``;
    case 'type':
      return `must be ${String(params['type']).replaceAll(',', ' or ')}`;
    default:
      return message.replace('NOT', 'not');
  }
}

function list(values: unknown): string {
  return (Array.isArray(values) ? values : [])
    .map((each) => `\`${JSON.stringify(each)}\``)
    .join(', ');
}

function wholly(must: string, data: unknown): Misfit {
  return { path: [], must, data };
}

/** One slip in a schema, one finding: ajv says it once for each part of the language. */
function firstOfEach(misfits: readonly Misfit[]): readonly Misfit[] {
  const byPath = new Map<string, Misfit>();
  for (const each of misfits) {
    const key = JSON.stringify(each.path);
    if (!byPath.has(key)) byPath.set(key, each);
  }
  return [...byPath.values()];
}

function outermost(misfits: readonly Misfit[]): readonly Misfit[] {
  return misfits.toSorted((one, other) => one.path.length - other.path.length);
}

const MOST_MS = 1_000;
const TIMED_OUT = 'ERR_SCRIPT_EXECUTION_TIMEOUT';

type Bounded<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly why: string };

/** Runs work that may be endless: inside a script, the only thing that can be stopped. */
function timeBound(): <Value>(work: () => Value) => Bounded<Value> {
  const globals: { run: () => void } = { run: () => undefined };
  const context = createContext(globals);
  const script = new Script('run()');
  return <Value>(work: () => Value) => {
    const made: Value[] = [];
    globals.run = () => void made.push(work());
    try {
      script.runInContext(context, { timeout: MOST_MS });
    } catch (error) {
      // What the script itself throws is another realm's, and no instance of this one's `Error`.
      const isLate = types.isNativeError(error) && Reflect.get(error, 'code') === TIMED_OUT;
      const said = types.isNativeError(error) ? error.message : String(error);
      // It stands in a sentence of ours, which has no full stop.
      const why = isLate ? 'takes more than a second to check' : said.replace(/\.$/, '');
      return { ok: false, why };
    }
    const [value] = made;
    if (value === undefined) throw new Error('the script ended without its work');
    return { ok: true, value };
  };
}
