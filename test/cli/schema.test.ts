import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { SCHEMA_NAMES } from '../../src/cli/command-specs.ts';
import { volley } from '../support/cli.ts';

describe('volley schema', () => {
  test.each<readonly [readonly string[], string]>([
    [[], 'manifest'],
    ...SCHEMA_NAMES.map((name) => [[name], name] as const),
  ])('with %j prints the schema of a %s', async (args, name) => {
    const run = await volley(['schema', ...args]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toBe(readFileSync(`schemas/${name}.schema.json`, 'utf8'));
    const schema: Record<string, unknown> = JSON.parse(run.stdout);
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(() =>
      new Ajv2020({ allowUnionTypes: true, strict: false }).compile(schema),
    ).not.toThrow();
  });

  test.each([
    ['results', 'did you mean `volley schema result`?'],
    ['nonsense', `choose one of ${SCHEMA_NAMES.join(', ')}`],
    ['../../package', `choose one of ${SCHEMA_NAMES.join(', ')}`],
  ])('refuses `%s`', async (name, hint) => {
    const run = await volley(['schema', name]);
    expect(run).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `volley: there is no schema \`${name}\`\n  hint: ${hint}\n`,
    });
  });
});
