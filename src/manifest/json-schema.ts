import { isIP } from 'node:net';
import type { JsonObject, JsonValue } from '../ports/json.ts';
import { pointerPath, type Path } from './source-node.ts';

/** A part of a value that violates a schema. */
export interface Violation {
  readonly path: Path;
  /** The requirement, worded to follow the name of the value: `must be number`. */
  readonly must: string;
  readonly data: unknown;
}

type CompiledSchema =
  | { readonly ok: true; readonly violationsOf: ViolationsOf }
  /** The errors in the schema itself; never empty. */
  | { readonly ok: false; readonly violations: readonly Violation[] };

/** Violations, outermost first; empty if the value is valid. */
export type ViolationsOf = (value: JsonValue) => readonly Violation[];

/**
 * Loads the compiler for JSON Schemas (2020-12, whatever `$schema` says). This is the only module
 * that imports ajv, which it does on first use. Compiling and checking have no time limit: callers
 * must set one, since schemas and answers are not trusted. After an interrupted compilation,
 * callers must load the compiler again.
 */
export async function loadCompiler({ isReset = false } = {}): Promise<CompileSchema> {
  if (isReset || !opening) opening = openAjv();
  const { language, compile } = await opening;
  return ({ $schema: _dialect, ...schema }) => {
    if (language.validateSchema(schema) !== true) {
      return { ok: false, violations: firstOfEach((language.errors ?? []).map(violation)) };
    }
    const check = compile(schema);
    return {
      ok: true,
      violationsOf(value) {
        try {
          return check(value) ? [] : outermost((check.errors ?? []).map(violation));
        } catch (error) {
          // A recursive schema can overflow the stack. Messages do not end with a period.
          const must = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
          return [{ path: [], must, data: value }];
        }
      },
    };
  };
}

type CompileSchema = (schema: JsonObject) => CompiledSchema;

let opening: ReturnType<typeof openAjv> | undefined;

/**
 * One shared instance of ajv validates schemas, because creating it is slow. A new instance
 * compiles each schema.
 */
async function openAjv() {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const options = { allErrors: true, verbose: true, strict: false, logger: false } as const;
  const apart = { ...options, formats: FORMATS, validateSchema: false, meta: false };
  const language = new Ajv2020(options);
  // The first validation also compiles the meta-schema. Its time must not count for the user's
  // schema.
  void language.validateSchema({});
  return {
    language,
    compile: (schema: JsonObject) => new Ajv2020(apart).compile(schema),
  };
}

interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  readonly data?: unknown;
}

function violation({ instancePath, keyword, params, message = '', data }: SchemaError): Violation {
  return { path: pointerPath(instancePath), must: mustBe(keyword, params, message), data };
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

/** ajv reports one mistake in a schema once per vocabulary. Keep one of them. */
function firstOfEach(violations: readonly Violation[]): readonly Violation[] {
  const byPath = new Map<string, Violation>();
  for (const each of violations) {
    const key = JSON.stringify(each.path);
    if (!byPath.has(key)) byPath.set(key, each);
  }
  return [...byPath.values()];
}

function outermost(violations: readonly Violation[]): readonly Violation[] {
  return violations.toSorted((one, other) => one.path.length - other.path.length);
}

/** The values of `format` that are checked, because providers enforce them. Others are ignored. */
export const FORMATS: Readonly<Record<string, RegExp | ((text: string) => boolean)>> = {
  date: isDate,
  time: /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)$/i,
  'date-time': (text) => isDate(text.slice(0, 10)) && DATE_TIME.test(text),
  duration: /^P(?=.)(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?)$/,
  email: /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/,
  hostname: /^(?=.{1,253}$)[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*$/i,
  ipv4: (text) => isIP(text) === 4,
  ipv6: (text) => isIP(text) === 6,
  uri: (text) => URL.canParse(text),
  uuid: /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i,
};

const DATE_TIME = /^.{10}[T ]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

export function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
