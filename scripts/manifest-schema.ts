/**
 * Updates the parts of schemas/manifest.schema.json that can be derived: the title of each key, and
 * the models that editors suggest. A node's `$comment` is the name of its type, for messages and
 * docs. Part of `npm run generate`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { retirementOf } from '../src/manifest/retired-models.ts';
import { shippedPrices } from '../src/money/price-age.ts';

export interface Schema {
  readonly [keyword: string]: unknown;
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
}

export function manifestSchema(): Schema {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

/** Adds the titles of keys, and suggests models with a price wherever a model is expected. */
export function completed(schema: Schema): Schema {
  const defaultSnippets = models().map((name) => ({ label: name, body: name }));
  return mapped(schema, (node) => ({
    ...node,
    ...titledKeys(node['properties']),
    ...(node['$comment'] === 'model' ? { defaultSnippets } : {}),
  }));
}

/**
 * Merges the nodes that the published schema has for each type of a key. That schema has one node
 * per type under `anyOf`, so that editors insert the example of a list or map, not all of its
 * defaults. With a merged node, a validator reports a wrong value in a single error.
 */
export function merged(schema: Schema): Schema {
  return mapped(schema, (node) => {
    const { anyOf = [], ...rest } = node;
    if (!anyOf.every(({ type }) => type !== undefined) || anyOf.length === 0) return node;
    const types = anyOf.map(({ type }) => type);
    return Object.assign({}, rest, ...anyOf, { type: types.length === 1 ? types[0] : types });
  });
}

/** Removes what only editors and docs read. */
export function withoutAnnotations(schema: Schema): Schema {
  return mapped(schema, (node) => {
    const { title: _, description: _d, default: _v, defaultSnippets: _s, ...rest } = node;
    return rest;
  });
}

/** Replaces every schema inside a schema, innermost first. */
function mapped(schema: Schema, change: (node: Schema) => Schema): Schema {
  const inner = (value: unknown): unknown => (isSchema(value) ? mapped(value, change) : value);
  const entries = Object.entries(schema).map(([keyword, value]) => {
    if (MAPS.has(keyword)) return [keyword, mapValues(value, inner)];
    if (!NODES.has(keyword)) return [keyword, value];
    return [keyword, Array.isArray(value) ? value.map(inner) : inner(value)];
  });
  return change(Object.fromEntries(entries));
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const MAPS = new Set(['properties', 'patternProperties', '$defs']);
const NODES = new Set(['anyOf', 'items', 'additionalProperties', 'propertyNames']);

function titledKeys(properties: unknown): Schema {
  if (properties === undefined) return {};
  return {
    properties: mapValues(properties, ({ title, $comment, ...rest }, key) => {
      const own = titleOf(key);
      // A title that was written by hand is the name of the type, so move it to `$comment`.
      const type = $comment ?? (title === own ? undefined : title);
      return { ...(type === undefined ? {} : { $comment: type }), title: own, ...rest };
    }),
  };
}

/** For example, `Base URL env` for `base_url_env`. */
function titleOf(key: string): string {
  const words = key.replace(/^\$/, '').split('_');
  const written = words.map((word) => (ACRONYMS.has(word) ? word.toUpperCase() : word));
  return written.join(' ').replace(/^./, (first) => first.toUpperCase());
}

const ACRONYMS = new Set([
  'api',
  'id',
  'ttl',
  'url',
  'usd',
  'rpm',
  'rps',
  'rpd',
  'tpm',
  'itpm',
  'otpm',
]);

function models(): readonly string[] {
  const priced = [...shippedPrices().keys()].filter(
    (name) =>
      /^(?:anthropic|openai)\//.test(name) &&
      !/\d{4}(?:-?\d{2}){2}$/.test(name) &&
      retirementOf(name) === undefined,
  );
  return [...USUAL, ...priced.filter((name) => !USUAL.includes(name))];
}

/** Editors suggest these models first. */
const USUAL = ['anthropic/claude-haiku-5-5', 'openai/gpt-6.1-sol', 'mock/echo'];

function mapValues(map: unknown, change: (value: Schema, key: string) => unknown): unknown {
  if (!isSchema(map)) return map;
  const entries = Object.entries(map);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, isSchema(value) ? change(value, key) : value]),
  );
}

const FILE = fileURLToPath(new URL('../schemas/manifest.schema.json', import.meta.url));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(FILE, `${JSON.stringify(completed(manifestSchema()), null, 2)}\n`);
}
