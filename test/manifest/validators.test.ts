import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { againstSchema } from '../../scripts/embed-plan-schema.ts';
import { simulationSchema } from '../../scripts/embed-summary-schema.ts';
import { generatedValidators, validatorModule } from '../../scripts/generate-validators.ts';
import { completed } from '../../scripts/manifest-schema.ts';
import { validate } from '../../src/generated/manifest-validator.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { generated } from '../fuzz/from-schema.ts';
import { parseCount, parseDuration } from '../../src/manifest/durations-and-counts.ts';

describe.for(generatedValidators.map((each) => [each.out, each] as const))('%s', ([out, each]) => {
  const text = readFileSync(out, 'utf8');

  test('is up to date with the schema', () => {
    expect(text === validatorModule(each)).toBe(true);
  });

  test('imports nothing', () => {
    expect(text).not.toMatch(/^\s*import\b|\brequire\s*\(|\bimport\s*\(/m);
  });
});

test('the schema of a simulation contains the current schema of a summary', () => {
  const written: unknown = JSON.parse(readFileSync('schemas/simulation.schema.json', 'utf8'));
  expect(written).toEqual(simulationSchema());
});

type Schema = { readonly [key: string]: unknown };

function isMap(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every schema of a named key, with the path to it. */
function keys(node: unknown, path: string): ReadonlyArray<readonly [string, Schema]> {
  if (!isMap(node)) return [];
  const own = isMap(node['properties']) ? Object.entries(node['properties']) : [];
  return [
    ...own.flatMap(([key, value]) => (isMap(value) ? [[`${path}.${key}`, value] as const] : [])),
    ...Object.entries(node).flatMap(([key, value]) => keys(value, `${path}.${key}`)),
  ];
}

describe('the schema of a manifest', () => {
  const schema: Schema = JSON.parse(readFileSync('schemas/manifest.schema.json', 'utf8'));

  test('describes every key for the editor', () => {
    const bare = keys(schema, '').filter(([path, value]) => {
      const description = value['description'] ?? (path.endsWith('.file') ? '' : undefined);
      return (
        description === undefined || (value['title'] === undefined && value['$ref'] === undefined)
      );
    });
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  test('has up-to-date derived titles and models', () => {
    expect(schema).toEqual(completed(schema));
    const ttl = { $comment: 'duration', title: 'Base URL env', type: 'string' };
    expect(completed({ properties: { base_url_env: { title: 'text' }, ttl } })).toEqual({
      properties: {
        base_url_env: { $comment: 'text', title: 'Base URL env' },
        ttl: { ...ttl, title: 'TTL' },
      },
    });
  });

  test('gives editors the same rules as the validator, key by key', () => {
    const forEditors = new Ajv2020({ strict: false, allErrors: false }).compile(schema);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
        const text = generated(seededRandom(seed));
        const parsed = parseDocument(text, { logLevel: 'silent' });
        const manifest: unknown = parsed.errors.length > 0 ? {} : parsed.toJS();
        expect(forEditors(manifest)).toBe(validate(manifest));
      }),
      { numRuns: 300 },
    );
  });

  test('allows `x-` keys in every closed map', () => {
    const closed: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (!isMap(node)) return;
      if (node['additionalProperties'] === false && !isMap(node['patternProperties']))
        closed.push(path);
      for (const [key, value] of Object.entries(node)) visit(value, `${path}.${key}`);
    };
    visit(schema, '');
    expect(closed).toEqual([]);
  });

  test('accepts exactly the durations and counts that the parsers accept', () => {
    const unit = fc.constantFrom(...Array.from('019.dhmskM_ -e'), 'ms');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 8 }), (text) => {
        const takesDuration = validate({ tasks: [], defaults: { timeout: text } });
        const duration = parseDuration(text);
        expect(takesDuration).toBe(duration.ok || duration.message.endsWith('is too long'));
        const takesCount = validate({ tasks: [], defaults: { max_tokens: text } });
        if (parseCount(text).ok) expect(takesCount).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});

test('the schema of a plan against a base contains the current schema of a plan', () => {
  const written: unknown = JSON.parse(readFileSync('schemas/against.schema.json', 'utf8'));
  expect(written).toEqual(againstSchema());
});
