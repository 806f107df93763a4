import { manifestSchema, merged } from '../../scripts/manifest-schema.ts';
import { stringify } from 'yaml';
import type { Random } from '../../src/ports/random.ts';
import { below, pick } from './pick.ts';

/** The parts of JSON Schema that the schema of the manifest uses. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const SCHEMA: Schema = merged(manifestSchema());

/**
 * Generates a manifest that follows the schema, but in which a few values may be of another type.
 */
export function generated(random: Random): string {
  const slips = random() < 0.5 ? 0 : 0.03;
  const manifest = valueOf(SCHEMA, { random, slips, depth: 0 });
  if (random() < 0.5) return JSON.stringify(manifest, undefined, below(3, random));
  return stringify(manifest, {
    lineWidth: pick([0, 20, 80], random),
    defaultStringType: pick(
      ['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL'] as const,
      random,
    ),
    collectionStyle: pick(['any', 'flow', 'block'] as const, random),
  });
}

interface Making {
  readonly random: Random;
  /** The share of values that do not match the schema. */
  readonly slips: number;
  readonly depth: number;
}

function valueOf(given: Schema, making: Making): unknown {
  const { random, slips, depth } = making;
  const schema = resolved(given);
  if (random() < slips || depth > 8) return pick(ODD, random);
  if (schema.enum) return pick(schema.enum, random);
  if (schema.examples && random() < 0.4) return pick(schema.examples, random);
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['any']);
  switch (pick(types, random)) {
    case 'string':
      return text(schema, random);
    case 'integer':
      return (schema.minimum ?? 0) + below(Math.min(schema.maximum ?? 100, 1000), random);
    case 'number':
      return (schema.minimum ?? 0) + random() * (schema.maximum ?? 10);
    case 'boolean':
      return random() < 0.5;
    case 'null':
      return null;
    case 'array':
      return list(schema, making);
    case 'object':
      return map(schema, making);
    default:
      return pick(ODD, random);
  }
}

function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.slice('#/$defs/'.length);
  const { $ref: _, ...own } = schema;
  return { ...SCHEMA.$defs?.[name], ...own };
}

function list(schema: Schema, { random, slips, depth }: Making): readonly unknown[] {
  const items = schema.items ?? {};
  return Array.from({ length: below(4, random) }, () =>
    valueOf(items, { random, slips, depth: depth + 1 }),
  );
}

function map(schema: Schema, making: Making): Record<string, unknown> {
  const { random, slips, depth } = making;
  const inner = { random, slips, depth: depth + 1 };
  const known = Object.entries(schema.properties ?? {});
  const share = depth === 0 ? 0.35 : 0.25;
  const entries = known
    .filter(([name]) => schema.required?.includes(name) === true || random() < share)
    .map(([name, property]): [string, unknown] => [name, valueOf(property, inner)]);
  const others = schema.additionalProperties;
  const isOpen = others === undefined || others === true || typeof others === 'object';
  for (let left = isOpen ? below(3, random) : 0; left > 0; left--) {
    const value = typeof others === 'object' ? valueOf(others, inner) : pick(ODD, random);
    entries.push([pick(NAMES, random), value]);
  }
  if (random() < slips) entries.push([pick(NAMES, random), pick(ODD, random)]);
  // Keep `__proto__` as an own property: assigning it would change the prototype here.
  return Object.fromEntries(entries);
}

function text({ examples }: Schema, random: Random): string {
  const example = examples?.filter((each) => typeof each === 'string') ?? [];
  if (example.length > 0 && random() < 0.7) return pick(example, random);
  return Array.from({ length: below(4, random) }, () => pick(WORDS, random)).join(' ');
}

const NAMES = [
  'a',
  'b',
  'lens',
  'x-note',
  'mock',
  'local',
  'openai',
  'mock/small',
  'review',
  'Ünï',
  '',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'a.b',
  'a b',
  '<<',
  '1',
  'null',
  'true',
];

const WORDS = [
  'review',
  'mock/small',
  'a',
  '{{ item }}',
  '{{ vars.a }}',
  '{{ matrix.lens }}',
  '{{ needs.review }}',
  '{{ item.text | json }}',
  '{% if item %}x{% endif %}',
  '{{ needs.a | map: "output" | join }}',
  '{{',
  '90s',
  '30k',
  '**/*.md',
  'rows.csv',
  'prompts/a.md',
  '../x',
  'http://127.0.0.1:1/v1',
  'KEY',
  '\n',
  'é\u2028\u202e',
  '\u0000',
  '::error::x',
  '${HOME}',
  'sk-ant-api03-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
];

const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e300,
  '',
  ' ',
  'x',
  '90s',
  '{{ item }}',
  [],
  {},
  [[]],
  [null],
  { a: {} },
  { file: 'a.md' },
  { file: 7 },
  { glob: '**' },
  { needs: 'review' },
  ['a', 'a'],
  [{ a: 1 }, { b: 2 }],
  JSON.parse('{"__proto__": {"polluted": 1}}'),
  { constructor: { prototype: { polluted: 1 } } },
];
