import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { repo } from '../resume/support.ts';

const schema: { readonly oneOf: ReadonlyArray<{ readonly title: string }> } = JSON.parse(
  readFileSync('schemas/progress.schema.json', 'utf8'),
);
const isLine = new Ajv2020({ allowUnionTypes: true }).compile(schema);

/** Types of the lines, each line checked against the schema. */
function typesIn(stderr: string): readonly string[] {
  return stderr
    .trimEnd()
    .split('\n')
    .map((text) => {
      const line: { readonly type: string } = JSON.parse(text);
      expect(isLine(line), `${text}\n${JSON.stringify(isLine.errors)}`).toBe(true);
      return line.type;
    });
}

test('every line of --progress json matches its schema, whatever happens', async () => {
  const own = await repo(
    {
      defaults: { model: ['local/first', 'local/second'], max_retries: 1 },
      tasks: [
        { id: 'rows', for_each: { file: 'rows.csv' }, prompt: '{{ item.name }}' },
        'fine',
        'retried',
        'paused',
        'moved',
        'failed',
        { id: 'off', if: 'false', prompt: 'x' },
      ],
    },
    {
      files: { 'rows.csv': 'id;name\n1;row\n' },
      respond({ text, body }, count) {
        if (text.includes('"retried"') && count < 8) return { kind: 'error', status: 500 };
        if (text.includes('"paused"') && count < 8) {
          return { kind: 'error', status: 429, headers: { 'retry-after': '0.1' } };
        }
        if (text.includes('"moved"') && body['model'] === 'first')
          return { kind: 'error', status: 503 };
        if (text.includes('"failed"')) return { kind: 'error', status: 400 };
        return { kind: 'answer' };
      },
    },
  );
  const first = await own.run('--progress', 'json', '--retry-delay', '10ms');
  const types = typesIn(first.stderr);
  // The warning is about the delimiter of the rows.
  expect(types[0]).toBe('warning');
  expect(types).toEqual(
    expect.arrayContaining(['run_started', 'attempt_started', 'retry_scheduled', 'task_finished']),
  );
  expect(types).toEqual(expect.arrayContaining(['lane_paused', 'task_moved', 'run_finished']));
  const second = await own.run('--progress', 'json', '--resume', '--explain');
  expect(typesIn(second.stderr)).toContain('task_explained');
});
