import { entry, type MapEntry, type MapNode, type SourceNode } from './source-node.ts';
import { wordSet } from './word-set.ts';

/** The entries of a JSON Schema whose keys are not keywords. Property names are not checked. */
export function unknownKeywords(node: SourceNode): readonly MapEntry[] {
  if (node.kind !== 'map') return [];
  const own = node.entries.filter(({ key }) => !KEYWORDS.has(key) && !key.startsWith('x-'));
  return [...own, ...subschemas(node).flatMap(unknownKeywords)];
}

function subschemas(node: MapNode): readonly SourceNode[] {
  const single = IN_PLACE.flatMap((key) => entry(node, key)?.value ?? []);
  const listed = IN_LIST.flatMap((key) => {
    const list = entry(node, key)?.value;
    return list?.kind === 'list' ? list.items : [];
  });
  const named = BY_NAME.flatMap((key) => {
    const map = entry(node, key)?.value;
    return map?.kind === 'map' ? map.entries.map(({ value }) => value) : [];
  });
  return [...single, ...listed, ...named];
}

const IN_PLACE = [
  ...wordSet(`
    items contains additionalProperties propertyNames unevaluatedItems unevaluatedProperties not if
    then else
  `),
];
const IN_LIST = ['prefixItems', 'allOf', 'anyOf', 'oneOf'];
const BY_NAME = ['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'];

/** Keywords of 2020-12, and `definitions`, which it still supports. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...IN_PLACE,
  ...IN_LIST,
  ...BY_NAME,
  ...wordSet(`
    $schema $id $ref $anchor $comment $dynamicRef $dynamicAnchor $vocabulary type enum const
    multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern
    maxItems minItems uniqueItems maxContains minContains maxProperties minProperties required
    dependentRequired format title description default deprecated readOnly writeOnly examples
    contentEncoding contentMediaType contentSchema
  `),
]);
