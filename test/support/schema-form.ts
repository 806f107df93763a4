import type { SeenRequest } from './server.ts';
import { isRecord } from './wires.ts';

/**
 * The schema for the answer in a request, read from the place that the wire format documents;
 * undefined if there is none. Throws with the provider's error message if the schema breaks a rule
 * of the provider's structured output.
 */
export function askedSchema({ wire, body }: SeenRequest): Record<string, unknown> | undefined {
  if (wire === 'anthropic') {
    const format = field(field(body, 'output_config'), 'format');
    if (format === undefined) return undefined;
    expectKeys(format, ['type', 'schema']);
    return checked(field(format, 'schema'), ANTHROPIC);
  }
  const format =
    wire === 'responses' ? field(field(body, 'text'), 'format') : body['response_format'];
  if (format === undefined) return undefined;
  if (field(format, 'type') !== 'json_schema') throw new Error('format.type must be json_schema');
  const named = wire === 'responses' ? format : field(format, 'json_schema');
  if (!/^[\w-]{1,64}$/.test(String(field(named, 'name')))) throw new Error('name is missing');
  if (field(named, 'strict') !== true) throw new Error('strict is not true');
  return checked(field(named, 'schema'), OPENAI);
}

interface Rules {
  readonly keywords: ReadonlySet<string>;
  readonly needsAll: boolean;
}

const COMMON = [
  'type',
  'enum',
  'const',
  'anyOf',
  '$ref',
  '$defs',
  'definitions',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'title',
  'description',
  'format',
  'minItems',
];

const ANTHROPIC: Rules = { keywords: new Set([...COMMON, 'allOf']), needsAll: false };
const OPENAI: Rules = {
  keywords: new Set([
    ...COMMON,
    'pattern',
    'multipleOf',
    'minimum',
    'maximum',
    'exclusiveMinimum',
    'exclusiveMaximum',
    'maxItems',
  ]),
  needsAll: true,
};

function checked(schema: unknown, rules: Rules): Record<string, unknown> {
  if (!isRecord(schema) || schema['type'] !== 'object')
    throw new Error('the root is not an object');
  check(schema, rules);
  return schema;
}

function check(schema: unknown, rules: Rules): void {
  if (!isRecord(schema)) throw new Error('a schema is not an object');
  for (const key of Object.keys(schema)) {
    if (!rules.keywords.has(key)) throw new Error(`'${key}' is not permitted`);
  }
  const minItems = schema['minItems'];
  if (!rules.needsAll && minItems !== undefined && Number(minItems) > 1) {
    throw new Error('minItems may be 0 or 1');
  }
  if ([schema['type']].flat().includes('object')) {
    if (schema['additionalProperties'] !== false) {
      throw new Error("'additionalProperties' is required to be supplied and to be false");
    }
    const names = Object.keys(isRecord(schema['properties']) ? schema['properties'] : {});
    const required = JSON.stringify(schema['required'] ?? []);
    if (rules.needsAll && JSON.stringify(names) !== required) {
      throw new Error("'required' must include every key in properties");
    }
  }
  for (const key of ['properties', '$defs', 'definitions']) {
    for (const each of Object.values(isRecord(schema[key]) ? schema[key] : {})) check(each, rules);
  }
  for (const each of [schema['anyOf'], schema['allOf'], schema['items']].flat()) {
    if (each !== undefined) check(each, rules);
  }
}

function expectKeys(value: unknown, keys: readonly string[]): void {
  const found = isRecord(value) ? Object.keys(value).toSorted() : [];
  if (JSON.stringify(found) !== JSON.stringify(keys.toSorted())) {
    throw new Error(`expected ${keys.join(', ')}, not ${found.join(', ')}`);
  }
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}
