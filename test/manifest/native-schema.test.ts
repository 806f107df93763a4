import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_BOUNDS } from '../../src/errors/input-limits.ts';
import { loadCompiler } from '../../src/manifest/json-schema.ts';
import { nativeSchema } from '../../src/manifest/native-schema.ts';
import { outputSchema } from '../../src/manifest/output-schema.ts';
import type { JsonObject } from '../../src/ports/json.ts';
import { newWork } from '../../src/ports/work.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { generateValue } from '../../src/plan/value-for-schema.ts';
import { scaled } from '../support/scale.ts';

const RULES = ['openai', 'anthropic'] as const;

async function compiled(schema: JsonObject) {
  const result = (await loadCompiler())(schema);
  if (!result.ok) throw new Error(result.violations.map(({ must }) => must).join('; '));
  return outputSchema(schema, result.violationsOf, newWork(DEFAULT_BOUNDS));
}

describe('the native form of a schema', () => {
  test('closes objects, and for OpenAI requires every property, with null for optional ones', () => {
    const schema = {
      type: 'object',
      properties: {
        a: { type: 'string' },
        b: { enum: ['x', 'y'] },
        c: { const: 1 },
        d: { type: 'object', properties: { e: { type: ['integer', 'null'] } } },
      },
      required: ['a'],
    };
    expect(nativeSchema(schema, 'openai')).toEqual({
      ok: true,
      json: {
        type: 'object',
        properties: {
          a: { type: 'string' },
          b: { enum: ['x', 'y', null] },
          c: { anyOf: [{ const: 1 }, { type: 'null' }] },
          d: {
            type: ['object', 'null'],
            properties: { e: { type: ['integer', 'null'] } },
            required: ['e'],
            additionalProperties: false,
          },
        },
        required: ['a', 'b', 'c', 'd'],
        additionalProperties: false,
      },
    });
    expect(nativeSchema(schema, 'anthropic')).toMatchObject({
      json: { required: ['a'], properties: { b: { enum: ['x', 'y'] }, d: { required: [] } } },
    });
  });

  test('moves unsupported keywords into the description, for the model to read', () => {
    const schema = {
      type: 'object',
      properties: {
        n: { type: 'integer', minimum: 1, description: 'from 1' },
        s: { type: 'string', pattern: '^a', maxLength: 5, format: 'uri' },
      },
      required: ['n', 's'],
    };
    expect(nativeSchema(schema, 'openai')).toMatchObject({
      json: {
        properties: {
          n: { type: 'integer', minimum: 1, description: 'from 1' },
          s: { type: 'string', pattern: '^a', description: '{maxLength: 5, format: "uri"}' },
        },
      },
    });
    expect(nativeSchema(schema, 'anthropic')).toMatchObject({
      json: {
        properties: {
          n: { type: 'integer', description: 'from 1\n\n{minimum: 1}' },
          s: { type: 'string', description: '{pattern: "^a", maxLength: 5, format: "uri"}' },
        },
      },
    });
  });

  test.each<[string, JsonObject, string]>([
    ['a list', { type: 'array', items: {} }, 'the answer may be something other than an object'],
    [
      'a map with any keys',
      { type: 'object', additionalProperties: { type: 'string' } },
      'it may have properties that are not listed',
    ],
    [
      'an open object',
      { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: true },
      'it may have properties that are not listed',
    ],
    ['anything', { type: 'object', properties: { a: {} } }, 'any value is allowed'],
    [
      'a tuple',
      { type: 'object', properties: { a: { type: 'array', prefixItems: [{ type: 'string' }] } } },
      'its items differ by position',
    ],
    [
      'a required property without a schema',
      { type: 'object', properties: { a: { type: 'string' } }, required: ['b'] },
      '`b` is required but not among its properties; did you mean `a`?',
    ],
  ])('does not exist for %s', (_name, schema, why) => {
    for (const rules of RULES)
      expect(nativeSchema(schema, rules)).toMatchObject({ ok: false, why });
  });

  test('may be recursive for OpenAI, but not for Anthropic', () => {
    const schema = {
      type: 'object',
      properties: { tree: { $ref: '#/$defs/tree' } },
      $defs: {
        tree: {
          type: 'object',
          properties: { kids: { type: 'array', items: { $ref: '#/$defs/tree' } } },
        },
      },
    };
    expect(nativeSchema(schema, 'openai')).toMatchObject({ ok: true });
    expect(nativeSchema(schema, 'anthropic')).toMatchObject({
      ok: false,
      why: '`#/$defs/tree` contains itself',
    });
  });

  test('accepts only what the schema accepts, without nulls for omitted properties', async () => {
    await fc.assert(
      fc.asyncProperty(
        objectSchema(),
        fc.nat(),
        fc.constantFrom(...RULES),
        async (schema, seed, rules) => {
          const native = nativeSchema(schema, rules);
          // Anthropic limits the number of optional properties and unions.
          fc.pre(native.ok);
          const answer = generateValue(native.json, seededRandom(seed));
          const read = await (await compiled(schema)).read(JSON.stringify(answer));
          expect(read).toMatchObject({ ok: true });
        },
      ),
      { numRuns: scaled(40, 100) },
    );
  });
});

test('the mock generates values that match a schema', async () => {
  await fc.assert(
    fc.asyncProperty(objectSchema(), fc.nat(), async (schema, seed) => {
      const value = generateValue(schema, seededRandom(seed));
      expect(await (await compiled(schema)).read(JSON.stringify(value))).toEqual({
        ok: true,
        value,
      });
    }),
    { numRuns: scaled(40, 100) },
  );
});

test('the mock handles tuples, references, `allOf` and recursive schemas', async () => {
  const schema: JsonObject = {
    allOf: [
      { $ref: '#/$defs/node' },
      { properties: { at: { format: 'date-time', type: 'string' } } },
    ],
    required: ['at'],
    $defs: {
      node: {
        type: 'object',
        properties: {
          pair: { type: 'array', prefixItems: [{ const: 1 }, { type: 'boolean' }], maxItems: 2 },
          next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
        },
        required: ['pair', 'next'],
      },
    },
  };
  for (let seed = 0; seed < 20; seed += 1) {
    const value = generateValue(schema, seededRandom(seed));
    expect(await (await compiled(schema)).read(JSON.stringify(value))).toEqual({ ok: true, value });
  }
});

/** Schemas that both providers accept unchanged. */
function objectSchema(): fc.Arbitrary<JsonObject> {
  const { object } = fc.letrec<{ value: JsonObject; object: JsonObject }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<JsonObject>(
        { type: 'string' },
        { type: 'string', format: 'date' },
        { type: 'boolean' },
        { type: ['integer', 'null'] },
        { enum: ['a', 'b', 3] },
        { const: 'only' },
        { anyOf: [{ type: 'string' }, { type: 'integer' }] },
      ),
      tie('value').map((items): JsonObject => ({ type: 'array', items })),
      tie('object'),
    ),
    object: fc
      .tuple(
        fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value'), { minKeys: 1 }),
        fc.subarray(['a', 'b', 'c', 'd']),
      )
      .map(([properties, wanted]): JsonObject => ({
        type: 'object',
        properties,
        required: wanted.filter((name) => Object.hasOwn(properties, name)),
        additionalProperties: false,
      })),
  }));
  return object;
}
