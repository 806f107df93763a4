import { isJsonObject, type JsonObject, type JsonValue } from '../ports/json.ts';

/**
 * How many parts of a schema look at each value of an answer, at most. Infinite where that hangs on the
 * answer: for a schema that contains itself, a pattern, items that must differ.
 */
export function checkCost(schema: JsonObject): number {
  return costOf(schema, { root: schema, known: new Map() });
}

interface Walk {
  readonly root: JsonObject;
  /** Costs of parts that others refer to; infinite while it is worked out, as it then contains itself. */
  readonly known: Map<JsonObject, number>;
}

/** What is checked in more than one go through a value. */
const WILD: ReadonlySet<string> = new Set([
  'pattern',
  'patternProperties',
  'uniqueItems',
  '$dynamicRef',
  '$anchor',
  '$id',
]);

function costOf(value: JsonValue, walk: Walk): number {
  if (typeof value !== 'object' || value === null) return 1;
  if (!isJsonObject(value)) return value.reduce((sum: number, each) => sum + costOf(each, walk), 1);
  const before = walk.known.get(value);
  if (before !== undefined) return before;
  walk.known.set(value, Infinity);
  let cost = 1;
  for (const [key, part] of Object.entries(value)) {
    if (WILD.has(key)) return Infinity;
    if (key === '$defs' || key === 'definitions') continue;
    cost += key === '$ref' ? costOfReference(part, walk) : costOf(part, walk);
  }
  walk.known.set(value, cost);
  return cost;
}

function costOfReference(reference: JsonValue, walk: Walk): number {
  if (typeof reference !== 'string') return Infinity;
  const [, key = '', name = ''] = /^#\/(\$defs|definitions)\/([^/~%]+)$/.exec(reference) ?? [];
  const definitions = walk.root[key];
  const target = isJsonObject(definitions) ? definitions[name] : undefined;
  return target === undefined ? Infinity : costOf(target, walk);
}
