import { GENERATED_VALUE_BOUNDS } from '../errors/input-limits.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../ports/json.ts';
import { pointerPath } from '../manifest/source-node.ts';
import type { Random } from '../ports/random.ts';
import { plausibleRange, plausibleText, singular } from './plausible-values.ts';

/**
 * Generates a value for a JSON Schema. Supports what schemas for answers usually contain: types,
 * properties, items, limits, enumerations, alternatives, references and known formats. Does not
 * support `pattern`, `not` or `if`.
 */
export function generateValue(schema: JsonObject, random: Random): JsonValue {
  const room = { values: GENERATED_VALUE_BOUNDS.values, chars: GENERATED_VALUE_BOUNDS.chars };
  return valueOf(schema, { root: schema, random, levels: MOST_LEVELS, room });
}

interface Maker {
  readonly root: JsonObject;
  readonly random: Random;
  /** The name of the field, if it has one. */
  readonly name?: string | undefined;
  /** How many more levels may have optional parts. */
  readonly levels: number;
  /**
   * How much may still be generated in total. Beyond that, the value is cut off and does not match
   * the schema.
   */
  readonly room: { values: number; chars: number };
}

const MOST_LEVELS = 6;
/** The level at which to give up: a schema that must contain itself can never be satisfied. */
const NO_FURTHER = -20;

function valueOf(written: JsonValue | undefined, maker: Maker): JsonValue {
  maker.room.values -= 1;
  const schema = maker.room.values < 0 ? undefined : resolved(written, maker);
  const inner = { ...maker, levels: maker.levels - 1 };
  if (!isJsonObject(schema) || maker.levels < NO_FURTHER) return 'anything';
  if (schema['const'] !== undefined) return schema['const'];
  if (Array.isArray(schema['enum'])) return picked(schema['enum'], maker.random) ?? null;
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(alternatives)) {
    maker.room.values -= alternatives.length;
    const shallow = maker.levels > 0 ? undefined : alternatives.find(isFlat);
    return valueOf(shallow ?? picked(alternatives, maker.random), inner);
  }
  switch (typeOf(schema, maker.random)) {
    case 'object':
      return objectOf(schema, inner);
    case 'array':
      return listOf(schema, inner);
    case 'integer':
      return numberOf(schema, maker, 1);
    case 'number':
      return numberOf(schema, maker, 0.01);
    case 'boolean':
      return maker.random() < 0.5;
    case 'null':
      return null;
    default:
      return textOf(schema, maker);
  }
}

/** The schema with references resolved and `allOf` merged. */
function resolved(written: JsonValue | undefined, maker: Maker, depth = 0): JsonValue | undefined {
  const { root, room } = maker;
  let schema = written;
  for (let step = 0; step < 20 && isJsonObject(schema); step += 1) {
    const reference = schema['$ref'];
    if (typeof reference !== 'string') break;
    schema = pointerPath(reference).reduce<JsonValue | undefined>(
      (value, key) => (isJsonObject(value) ? value[key] : undefined),
      root,
    );
  }
  if (!isJsonObject(schema) || !Array.isArray(schema['allOf'])) return schema;
  let all: JsonValue | undefined = schema;
  for (const part of schema['allOf']) {
    room.values -= 1;
    if (room.values < 0 || depth > MOST_MERGED) break;
    all = merged(all, resolved(part, maker, depth + 1));
  }
  return all;
}

/** Nested levels of `allOf`. */
const MOST_MERGED = 20;

/** Merges only the properties. */
function merged(one: JsonValue | undefined, other: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(one) || !isJsonObject(other)) return one;
  const required = [...new Set([one['required'], other['required']].flatMap((each) => each ?? []))];
  return {
    ...one,
    ...other,
    properties: { ...asObject(one['properties']), ...asObject(other['properties']) },
    required,
  };
}

function asObject(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function isFlat(schema: JsonValue): boolean {
  if (!isJsonObject(schema)) return false;
  return typeof schema['type'] === 'string' && !['object', 'array'].includes(schema['type']);
}

function typeOf(schema: JsonObject, random: Random): string {
  const { type } = schema;
  if (Array.isArray(type)) return String(picked(type, random));
  if (typeof type === 'string') return type;
  if (schema['properties'] !== undefined || schema['required'] !== undefined) return 'object';
  if (schema['items'] !== undefined || schema['prefixItems'] !== undefined) return 'array';
  return schema['minimum'] === undefined && schema['maximum'] === undefined ? 'string' : 'number';
}

function objectOf(schema: JsonObject, maker: Maker): JsonObject {
  const properties = asObject(schema['properties']);
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const names = Object.keys(properties).filter((name) => required.has(name) || maker.levels > 0);
  const unnamed = [...required].map(String).filter((name) => !Object.hasOwn(properties, name));
  return Object.fromEntries(
    [...names, ...unnamed].map((name) => [
      name,
      valueOf(Object.hasOwn(properties, name) ? properties[name] : { type: 'string' }, {
        ...maker,
        name,
      }),
    ]),
  );
}

function listOf(schema: JsonObject, maker: Maker): readonly JsonValue[] {
  const { prefixItems, items } = schema;
  const first = Array.isArray(prefixItems) ? prefixItems : [];
  const least = Math.max(boundOf(schema, 'minItems') ?? 0, first.length);
  const most = boundOf(schema, 'maxItems') ?? Math.max(least, 3);
  const wanted = maker.levels > 0 ? Math.max(least, 1 + Math.floor(maker.random() * 3)) : least;
  const length = Math.min(wanted, most, 1_000);
  const all = Array.from({ length }, (_, at) =>
    valueOf(first[at] ?? items ?? { type: 'string' }, { ...maker, name: singular(maker.name) }),
  );
  if (schema['uniqueItems'] !== true) return all;
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
}

/**
 * A multiple of `step` or `multipleOf` within the schema's limits. Without limits, the number is in
 * the typical range for the field's name.
 */
function numberOf(schema: JsonObject, { random, name }: Maker, step: number): number {
  const bound = (key: string): number | undefined => boundOf(schema, key);
  const isOpen = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'].every(
    (key) => bound(key) === undefined,
  );
  const usual = isOpen ? plausibleRange(name) : undefined;
  const unit = bound('multipleOf') ?? Math.max(step, usual?.step ?? step);
  const [above, below] = [bound('exclusiveMinimum'), bound('exclusiveMaximum')];
  const least = bound('minimum') ?? (above === undefined ? usual?.from : above + unit);
  const most = bound('maximum') ?? (below === undefined ? usual?.to : below - unit);
  const from = least ?? Math.min(0, most ?? 0);
  const to = most ?? Math.max(100, from + 100 * unit);
  const first = Math.ceil(from / unit);
  const steps = Math.max(0, Math.floor(to / unit) - first);
  return Number(((first + Math.floor(random() * (steps + 1))) * unit).toFixed(10));
}

function boundOf(schema: JsonObject, key: string): number | undefined {
  const value = schema[key];
  return typeof value === 'number' ? value : undefined;
}

function textOf(schema: JsonObject, { random, room, name }: Maker): string {
  const { format } = schema;
  const sample = typeof format === 'string' && Object.hasOwn(SAMPLES, format) && SAMPLES[format];
  if (sample) return sample;
  const least = boundOf(schema, 'minLength') ?? 0;
  const most = boundOf(schema, 'maxLength') ?? Infinity;
  const text = plausibleText(name, random);
  const length = Math.min(Math.max(least, text.length), most, room.chars);
  room.chars -= length;
  return text.padEnd(length, '.').slice(0, length);
}

const SAMPLES: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  time: '12:30:00Z',
  'date-time': '2026-01-31T12:30:00Z',
  duration: 'PT15M',
  email: 'someone@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

function picked<Value>(values: readonly Value[], random: Random): Value | undefined {
  return values[Math.floor(random() * values.length)];
}
