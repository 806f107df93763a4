import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder, recordsIn, shell } from '../support/cli.ts';

/** `count` tasks whose answers are longer than a kilobyte. */
function longAnswers(count: number): string {
  return folder({
    'long.yaml': JSON.stringify({
      providers: { mock: { type: 'mock', mock: { answer: 'word '.repeat(800), latency: '1ms' } } },
      defaults: { model: 'mock/small' },
      tasks: Array.from({ length: count }, (_, at) => `prompt ${at}`),
    }),
  });
}

test.each([['jsonl'], ['json'], ['text']])(
  'an answer that does not fully fit into the file that stdout goes to is reported as lost: %s',
  async (format) => {
    const cwd = longAnswers(1);
    const line = `volley run long.yaml --output-format ${format} > out`;
    const run = await shell(`ulimit -f 1; ${line}`, { cwd });
    expect(run.stderr).toContain(
      'volley: 1 result could not be written to `stdout`: the file would be larger than allowed (EFBIG); it is lost\n',
    );
    expect(run.code).toBe(74);
    expect(readFileSync(join(cwd, 'out'), 'utf8')).toBe('');
  },
);

test.each([
  ['>', ''],
  ['>>', 'what was there\n'],
])(
  'if stdout goes to a full file, it contains only whole lines, and the rest is dumped: %s',
  async (redirect, before) => {
    const cwd = longAnswers(4);
    const line = `volley run long.yaml --output-format jsonl -j 1 --emergency-dump rest ${redirect} out`;
    // The dump is as large as one answer, so it stays below the limit.
    const run = await shell(`printf '${before}' > out; ulimit -f 12; ${line}`, { cwd });
    expect(run.code).toBe(74);
    const text = readFileSync(join(cwd, 'out'), 'utf8');
    expect(text.startsWith(before)).toBe(true);
    const kept = recordsIn(text.slice(before.length));
    const dumped = recordsIn(readFileSync(join(cwd, 'rest'), 'utf8'));
    expect([kept.length > 0, dumped.length]).toEqual([true, 1]);
  },
);

test('text that another process wrote to the same file stays', async () => {
  const cwd = longAnswers(4);
  const line = 'volley run long.yaml --output-format jsonl -j 1 --progress plain >> out 2>> out';
  const run = await shell(`ulimit -f 12; ${line}`, { cwd });
  expect(run.code).toBe(74);
  expect(readFileSync(join(cwd, 'out'), 'utf8')).not.toContain('\0');
});

test.each([['schema manifest'], ['run --help']])(
  '`volley %s > file` exits with 74 if it is cut off',
  async (args) => {
    const run = await shell(`ulimit -f 1; volley ${args} > out`, { cwd: folder() });
    expect(run.code).toBe(74);
  },
);
