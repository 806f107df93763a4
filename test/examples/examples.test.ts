import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, recordsIn, volley } from '../support/cli.ts';

const examples = readdirSync('examples').filter((name) => /\.(ya?ml|json)$/.test(name));

/** What `validate` says of an example as it is; everything in it has to be right. */
async function tasksOf(example: string, flags: readonly string[]): Promise<unknown> {
  const run = await volley(['validate', `examples/${example}`, '--json', ...flags]);
  expect(run.code).toBe(0);
  const report: { findings: unknown; tasks: unknown } = JSON.parse(run.stdout);
  expect(report.findings).toEqual([]);
  return report.tasks;
}

describe.each(examples)('%s', (example) => {
  const text = readFileSync(`examples/${example}`, 'utf8');
  const isMock = [...text.matchAll(/models?: *\[?([^\s,}\]]+)/g)].every(([, model]) =>
    model?.startsWith('mock/'),
  );

  test(`is valid, and runs ${isMock ? 'as it is' : 'on the mock provider'} under \`CI\``, async () => {
    const flags = isMock ? [] : ['--model', 'mock/small'];
    await tasksOf(example, []);
    const tasks = await tasksOf(example, flags);
    // A batch needs a file to be collected into.
    const file = join(folder(), 'results.jsonl');
    const args = ['run', `examples/${example}`, '-o', file, ...flags];
    const run = await volley(args, { env: { CI: 'true' } });
    expect(run.code).toBe(0);
    const records = recordsIn(readFileSync(file, 'utf8'));
    expect(records).toHaveLength(Number(tasks));
    expect(records.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  });

  test('leads an editor to the schema', () => {
    expect(text.split('\n', 1)).toEqual([
      '# yaml-language-server: $schema=../schemas/manifest.schema.json',
    ]);
  });
});

test('there are examples of what people would really commit', () => {
  expect(examples.length).toBeGreaterThanOrEqual(6);
});
