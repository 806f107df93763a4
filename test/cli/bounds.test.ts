import { describe, expect, test } from 'vitest';
import { folder, volley } from '../support/cli.ts';

/** Far longer than any of these tests takes if nothing else runs. */
const SLOW = { timeout: 120_000 };

type Files = Readonly<Record<string, string>>;

function numbers(count: number): readonly number[] {
  return [...Array(count).keys()];
}

/** Forty patterns that begin with this one and match nothing. */
function many(pattern: string): readonly string[] {
  return numbers(40).map((n) => `${pattern}${String.fromCodePoint(98 + (n % 20))}${n}`);
}

function rows(count: number): string {
  return Array.from({ length: count }, (_, at) => `{"id":${at}}\n`).join('');
}

function manifest(task: object, ...more: readonly object[]): string {
  return JSON.stringify({
    defaults: { model: 'mock/m' },
    tasks: [{ id: 'a', prompt: 'hi', ...task }, ...more],
  });
}

/** The codes of the errors that `validate` finds. */
async function errorsOf(files: Files, flags: readonly string[] = []): Promise<readonly string[]> {
  const run = await volley(['validate', 'm.yaml', '--json', ...flags], { cwd: folder(files) });
  expect({ ...run, stdout: '' }).toMatchObject({ signal: null, stderr: '' });
  const report: { readonly findings: ReadonlyArray<{ readonly code: string }> } = JSON.parse(
    run.stdout,
  );
  return report.findings.map(({ code }) => code);
}

describe('too many tasks in a manifest are refused before anything is sent', SLOW, () => {
  const kinds: ReadonlyArray<readonly [string, Files]> = [
    [
      'rows, combinations and samples, two billion of them',
      {
        'm.yaml': manifest({
          for_each: { file: 'r.jsonl' },
          matrix: { x: numbers(100), y: numbers(99) },
          repeat: 10,
        }),
        'r.jsonl': rows(20_000),
      },
    ],
    ['JSONL rows', { 'm.yaml': manifest({ for_each: { file: 'r.jsonl' } }), 'r.jsonl': rows(11) }],
    [
      'CSV rows',
      {
        'm.yaml': manifest({ for_each: { file: 'r.csv' } }),
        'r.csv': `id\n${numbers(11).join('\n')}\n`,
      },
    ],
    [
      'JSON rows',
      { 'm.yaml': manifest({ for_each: { file: 'r.json' } }), 'r.json': `[${numbers(11).join()}]` },
    ],
    [
      'YAML rows',
      {
        'm.yaml': manifest({ for_each: { file: 'r.yaml' } }),
        'r.yaml': numbers(11)
          .map((n) => `- ${n}\n`)
          .join(''),
      },
    ],
    [
      'lines of text',
      { 'm.yaml': manifest({ for_each: { file: 'r.txt' } }), 'r.txt': numbers(11).join('\n') },
    ],
    [
      'rows that are wrong as well',
      { 'm.yaml': manifest({ for_each: { file: 'r.jsonl' } }), 'r.jsonl': 'null\n'.repeat(11) },
    ],
    ['a list', { 'm.yaml': manifest({ for_each: numbers(11) }) }],
    [
      'files from a glob',
      {
        'm.yaml': manifest({ for_each: { glob: '*.md' } }),
        ...Object.fromEntries(numbers(11).map((n) => [`${n}.md`, 'x'])),
      },
    ],
    ['combinations', { 'm.yaml': manifest({ matrix: { x: numbers(11) } }) }],
    ['samples', { 'm.yaml': manifest({ repeat: 11 }) }],
    ['several entries together', { 'm.yaml': manifest({ repeat: 6 }, { prompt: 'b', repeat: 5 }) }],
    [
      'an entry that follows another',
      {
        'm.yaml': manifest(
          { for_each: [1, 2, 3] },
          { id: 'b', prompt: 'b', for_each: { needs: 'a' }, matrix: { x: [1, 2, 3] } },
        ),
      },
    ],
  ];
  test.for(kinds)('%s', async ([, files]) => {
    expect(await errorsOf(files, ['--max-tasks', '10'])).toEqual(['TOO_MANY_TASKS']);
  });

  test('without a flag, a million tasks are allowed and no more', async () => {
    const files = {
      'm.yaml': manifest({
        for_each: { file: 'r.jsonl' },
        matrix: { x: numbers(100), y: numbers(99) },
        repeat: 10,
      }),
      'r.jsonl': rows(20_000),
    };
    const run = await volley(['plan', 'm.yaml'], { cwd: folder(files) });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(
      'error TOO_MANY_TASKS: the manifest creates more than 1,000,000 tasks',
    );
    expect(run.stderr).toContain('or allow more with `--max-tasks N`');
  });
});

describe('a matrix that is too large is refused before it is expanded', SLOW, () => {
  test.for([
    ['two axes', { matrix: { x: numbers(4), y: numbers(3) } }],
    ['included combinations', { matrix: { include: numbers(11).map((x) => ({ x })) } }],
    ['several samples of each combination', { matrix: { x: numbers(4) }, repeat: 3 }],
    ['samples alone', { repeat: 11 }],
  ] as const)('%s', async ([, task]) => {
    const files = { 'm.yaml': manifest(task) };
    expect(await errorsOf(files, ['--max-matrix', '10'])).toEqual(['MATRIX_TOO_LARGE']);
    expect(await errorsOf(files, ['--max-matrix', '12'])).toEqual([]);
  });

  test('ten axes of a hundred values', async () => {
    const matrix = Object.fromEntries(numbers(10).map((n) => [`x${n}`, numbers(100)]));
    expect(await errorsOf({ 'm.yaml': manifest({ matrix }) })).toEqual(['MATRIX_TOO_LARGE']);
  });

  test('the matrices of several tasks are added up', async () => {
    const task = { prompt: 'b', matrix: { x: numbers(6) } };
    const files = { 'm.yaml': manifest({ matrix: { x: numbers(6) } }, task) };
    expect(await errorsOf(files, ['--max-matrix', '10'])).toEqual(['MATRIX_TOO_LARGE']);
  });
});

describe('patterns that are slow to match are reported as a finding', SLOW, () => {
  const long = 'a'.repeat(245);
  const wide = Object.fromEntries(
    Array.from({ length: 100 }, (_, n) => [`${long}${String(n).padStart(3, '0')}`, '']),
  );
  const deep = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [`${'a/'.repeat(60)}${n}.md`, '']),
  );
  const kinds: ReadonlyArray<readonly [string, readonly string[], Files]> = [
    ['stars between letters', many('*a*a*a*'), wide],
    ['stars and question marks', many('?*?*?*?*'), wide],
    ['stars and classes', many('[a-z]*[a-z]*[a-z]*'), wide],
    ['stars in a choice', many('{*a,b}*a*'), wide],
    ['stars after a wildcard for folders', many('**/*a*a*a*'), wide],
    ['stars in an exclusion', ['*', ...many('!*a*a*a*')], wide],
    ['many wildcards for folders', many('**/a/**/a/**/a/**/'), deep],
    [
      "stars in a folder's name",
      many('*a*a*a*/').map((each) => `${each}/*.md`),
      { ...deep, ...wide },
    ],
    ['stars before the same letters', many('*aa*aa*aa*'), wide],
    ['three thousand patterns', Array.from({ length: 3_000 }, (_, n) => `*a*a*${n}`), wide],
  ];
  test.for(kinds)('%s', async ([, glob, files]) => {
    const run = await errorsOf({ ...files, 'm.yaml': manifest({ for_each: { glob } }) }, [
      '--max-work',
      '500ms',
    ]);
    expect(run).toEqual(['TOO_MUCH_WORK']);
  });

  test('a range in braces is not expanded', async () => {
    const files = { 'm.yaml': manifest({ for_each: { glob: '{1..100000000}.md' } }), '1.md': '' };
    expect(await errorsOf(files)).toEqual([]);
  });

  test('too many matched files are refused, counted across all globs', async () => {
    const files = {
      ...Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`${n}.md`, 'x'])),
      ...Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`${n}.ts`, 'x'])),
      'm.yaml': manifest(
        { for_each: { glob: '*.md' } },
        { prompt: 'b', for_each: { glob: '*.ts' } },
      ),
    };
    expect(await errorsOf(files, ['--max-files', '12'])).toEqual([]);
    expect(await errorsOf(files, ['--max-files', '11'])).toEqual(['TOO_MANY_FILES']);
  });
});
