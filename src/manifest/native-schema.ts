import { suggest } from '../errors/suggest.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../ports/json.ts';
import { FORMATS } from './json-schema.ts';
import type { NativeSchema } from './manifest.ts';
import type { Path } from './source-node.ts';
import { wordSet } from './word-set.ts';

/** The vendor whose rules a schema must follow. */
export type SchemaRules = 'openai' | 'anthropic';

/**
 * A JSON Schema in the form that a provider's structured output accepts, as documented in November
 * 2026, or the reason why there is no such form. The form may be more permissive than the schema
 * (unsupported keywords go into a description for the model), but never contradicts it. Answers are
 * checked against the schema itself.
 */
export function nativeSchema(schema: JsonObject, rules: SchemaRules): NativeSchema {
  const walk: Walk = { root: schema, rules, optional: 0, unions: 0 };
  try {
    if (schema['type'] !== 'object' && !(schema['type'] === undefined && schema['properties'])) {
      throw new NoForm([], 'the answer may be something other than an object');
    }
    const json = converted(schema, [], walk);
    if (rules === 'anthropic' && walk.optional > MOST_OPTIONAL) {
      throw new NoForm([], `more than ${MOST_OPTIONAL} properties are optional`);
    }
    if (rules === 'anthropic' && walk.unions > MOST_UNIONS) {
      throw new NoForm([], `more than ${MOST_UNIONS} values may be of several types`);
    }
    return { ok: true, json };
  } catch (error) {
    if (error instanceof NoForm) return { ok: false, path: error.path, why: error.message };
    throw error;
  }
}

/** Only thrown and caught in this module. */
class NoForm extends Error {
  readonly path: Path;
  constructor(path: Path, why: string) {
    super(why);
    this.path = path;
  }
}

interface Walk {
  readonly root: JsonObject;
  readonly rules: SchemaRules;
  optional: number;
  unions: number;
}

/** Two path steps for each of the ten levels that OpenAI accepts. */
const MOST_STEPS = 20;
/** Anthropic's limits for a whole request. */
const MOST_OPTIONAL = 24;
const MOST_UNIONS = 16;

/** Keywords that are copied unchanged. */
const KEPT: Readonly<Record<SchemaRules, ReadonlySet<string>>> = {
  openai: wordSet(`
    title pattern multipleOf minimum exclusiveMinimum maximum exclusiveMaximum minItems maxItems
  `),
  anthropic: wordSet('title'),
};

/** Keywords that this module converts, or that are not about the value. */
const WRITTEN = wordSet(`
  $schema $id $comment examples $defs definitions $ref type enum const anyOf oneOf properties
  required additionalProperties items description
`);

function converted(schema: JsonValue | undefined, path: Path, walk: Walk): JsonObject {
  if (!isJsonObject(schema)) throw new NoForm(path, 'any value is allowed');
  if (path.length > MOST_STEPS) throw new NoForm(path, 'it is nested too deeply');
  const definitions = convertedAll(schema, ['$defs', 'definitions'], path, walk);
  if (typeof schema['$ref'] === 'string') {
    checkReference(schema['$ref'], path, walk);
    return { ...definitions, $ref: schema['$ref'] };
  }
  const types = typesOf(schema);
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  const isLiteral = schema['enum'] !== undefined || schema['const'] !== undefined;
  if (types.length === 0 && !isLiteral && !Array.isArray(alternatives)) {
    throw new NoForm(path, 'any value is allowed');
  }
  if (types.length > 1 || Array.isArray(alternatives)) walk.unions += 1;
  return {
    ...definitions,
    ...(types.length > 0 && { type: types.length === 1 ? (types[0] ?? '') : types }),
    ...literals(schema, path),
    ...copied(schema, walk.rules),
    ...(Array.isArray(alternatives) && {
      anyOf: alternatives.map((each, at) =>
        converted(each, [...path, schema['anyOf'] ? 'anyOf' : 'oneOf', at], walk),
      ),
    }),
    ...(types.includes('object') && convertedObject(schema, path, walk)),
    ...(types.includes('array') && { items: convertedItems(schema, path, walk) }),
    ...description(schema, walk.rules),
  };
}

function typesOf(schema: JsonObject): readonly string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.map(String);
  if (schema['properties'] !== undefined) return ['object'];
  return schema['items'] === undefined ? [] : ['array'];
}

function literals(schema: JsonObject, path: Path): JsonObject {
  const { enum: values, const: value } = schema;
  const all = [...(Array.isArray(values) ? values : []), ...(value === undefined ? [] : [value])];
  if (all.some((each) => typeof each === 'object' && each !== null)) {
    throw new NoForm(path, 'an allowed value is a list or an object');
  }
  return {
    ...(values !== undefined && { enum: values }),
    ...(value !== undefined && { const: value }),
  };
}

function isCopied(key: string, value: JsonValue, rules: SchemaRules): boolean {
  if (key === 'format') {
    return typeof value === 'string' && value !== 'uri' && Object.hasOwn(FORMATS, value);
  }
  if (key === 'minItems' && rules === 'anthropic') return value === 0 || value === 1;
  return KEPT[rules].has(key);
}

function copied(schema: JsonObject, rules: SchemaRules): JsonObject {
  return Object.fromEntries(
    Object.entries(schema).filter(([key, value]) => isCopied(key, value, rules)),
  );
}

/** Adds unsupported keywords to the description, where the model can still read them. */
function description(schema: JsonObject, rules: SchemaRules): JsonObject {
  const { description: written } = schema;
  const further = Object.entries(schema)
    .filter(
      ([key, value]) => !isCopied(key, value, rules) && !key.startsWith('x-') && !WRITTEN.has(key),
    )
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join(', ');
  const parts = [typeof written === 'string' ? written : '', further && `{${further}}`];
  const text = parts.filter((part) => part !== '').join('\n\n');
  return text === '' ? {} : { description: text };
}

function convertedObject(schema: JsonObject, path: Path, walk: Walk): JsonObject {
  const { additionalProperties: further = false, patternProperties } = schema;
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const names = Object.keys(properties);
  if (further !== false || patternProperties !== undefined || names.length === 0) {
    throw new NoForm(path, 'it may have properties that are not listed');
  }
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  for (const [at, each] of [...required].entries()) {
    const name = String(each);
    if (names.includes(name)) continue;
    const near = suggest(name, names);
    const hint = near === undefined ? '' : `; did you mean \`${near}\`?`;
    const why = `\`${name}\` is required but not among its properties${hint}`;
    throw new NoForm([...path, 'required', at], why);
  }
  const convertedProperties = Object.fromEntries(
    names.map((name) => {
      const property = converted(properties[name], [...path, 'properties', name], walk);
      if (required.has(name)) return [name, property];
      walk.optional += 1;
      return [name, walk.rules === 'openai' ? nullable(property) : property];
    }),
  );
  return {
    properties: convertedProperties,
    required: walk.rules === 'openai' ? names : [...required],
    additionalProperties: false,
  };
}

/** OpenAI does not support optional properties: null means omitted. */
function nullable(schema: JsonObject): JsonObject {
  const { type, enum: values, const: value, ...rest } = schema;
  if (value !== undefined || rest['anyOf'] !== undefined || rest['$ref'] !== undefined) {
    return { anyOf: [schema, { type: 'null' }] };
  }
  const types = Array.isArray(type) ? type : type === undefined ? [] : [type];
  return {
    ...(types.length > 0 && { type: types.includes('null') ? types : [...types, 'null'] }),
    ...(Array.isArray(values) && { enum: values.includes(null) ? values : [...values, null] }),
    ...rest,
  };
}

function convertedItems(schema: JsonObject, path: Path, walk: Walk): JsonObject {
  if (schema['prefixItems'] !== undefined) throw new NoForm(path, 'its items differ by position');
  if (schema['items'] === undefined) throw new NoForm(path, 'its items may be anything');
  return converted(schema['items'], [...path, 'items'], walk);
}

function convertedAll(
  schema: JsonObject,
  keys: readonly string[],
  path: Path,
  walk: Walk,
): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const schemas = schema[key];
      if (!isJsonObject(schemas)) return [];
      const all = Object.entries(schemas).map(([name, each]) => [
        name,
        converted(each, [...path, key, name], walk),
      ]);
      return [[key, Object.fromEntries(all)]];
    }),
  );
}

const REFERENCE = /^#\/(\$defs|definitions)\/([^/]+)$/;

function checkReference(reference: string, path: Path, { rules, root }: Walk): void {
  if (reference === '#' && rules === 'openai') return;
  const name = REFERENCE.exec(reference);
  if (!name) throw new NoForm(path, `it refers to \`${reference}\`, outside \`$defs\``);
  if (rules === 'anthropic' && isCyclic(reference, root)) {
    throw new NoForm(path, `\`${reference}\` contains itself`);
  }
}

function isCyclic(reference: string, root: JsonObject): boolean {
  const seen = new Set<string>();
  const next = [...referencesIn(definitionOf(reference, root))];
  for (let each = next.pop(); each !== undefined; each = next.pop()) {
    if (each === reference || each === '#') return true;
    if (seen.has(each)) continue;
    seen.add(each);
    next.push(...referencesIn(definitionOf(each, root)));
  }
  return false;
}

function definitionOf(reference: string, root: JsonObject): JsonValue | undefined {
  const [, key = '', name = ''] = REFERENCE.exec(reference) ?? [];
  const definitions = root[key];
  return isJsonObject(definitions) ? definitions[name] : undefined;
}

function referencesIn(value: JsonValue | undefined): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = isJsonObject(value) && typeof value['$ref'] === 'string' ? [value['$ref']] : [];
  return [...own, ...Object.values(value).flatMap(referencesIn)];
}
