import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { folder, recordsIn, shell, volley } from '../support/cli.ts';
import { WITH_QUICK_MOCK } from './served.ts';

const MOCK = 'defaults: { model: mock/echo }\n';
const TEXT = '{{ item.path }}: {{ item.text }}';

function manifest(files: string): string {
  return `${MOCK}tasks: [{ id: r, for_each: { files: ${files} }, prompt: "${TEXT}" }]\n${WITH_QUICK_MOCK}`;
}

const SOURCES = {
  'src/a.ts': 'A',
  'src/b ü.ts': 'B',
  'c.md': 'C',
  '.env': 'SECRET=1',
};

async function prompts(cwd: string, stdin = ''): Promise<unknown> {
  const run = await volley(['run', 'm.yaml', '--include', 'prompt', '--progress', 'none'], {
    cwd,
    stdin,
  });
  expect(run.code, run.stderr).toBe(0);
  const records = recordsIn(run.stdout).toSorted((one, other) => one.index - other.index);
  return records.map(({ id, prompt }) => [id, prompt]);
}

describe('paths are read from', () => {
  const both = [
    ['r@src/a.ts', 'src/a.ts: A'],
    ['r@c.md', 'c.md: C'],
  ];
  test.each<[string, string, string, unknown]>([
    ['a list', '[src/a.ts, c.md]', '', both],
    ['a file', 'list.txt', 'src/a.ts\nc.md\n', both],
    ['a file without a last line break', 'list.txt', 'src/a.ts\nc.md', both],
    [
      'a file with CRLF, blank lines and a byte order mark',
      'list.txt',
      '\uFEFFsrc/a.ts\r\n\r\nc.md\r\n',
      both,
    ],
    ['a file with spaces around its paths', 'list.txt', '  src/a.ts \n c.md', both],
    ['a file with redundant steps in its paths', 'list.txt', './src/a.ts\nsrc/../c.md\n', both],
    [
      'a file with paths as git quotes them',
      'list.txt',
      '"src/b \\303\\274.ts"\n',
      [['r@src/b ü.ts', 'src/b ü.ts: B']],
    ],
    [
      'a file with unquoted spaces in its paths',
      'list.txt',
      'src/b ü.ts\n',
      [['r@src/b ü.ts', 'src/b ü.ts: B']],
    ],
    [
      'a list that names credentials, which are left out',
      'list.txt',
      '.env\nc.md\n',
      [['r@c.md', 'c.md: C']],
    ],
    ['an empty file', 'list.txt', '\n', []],
  ])('%s', async (_, files, list, expected) => {
    const cwd = folder({ ...SOURCES, 'list.txt': list, 'm.yaml': manifest(files) });
    expect(await prompts(cwd)).toEqual(expected);
  });

  test('stdin, whose paths are used several times', async () => {
    const cwd = folder({ ...SOURCES, 'm.yaml': manifest('"-"') });
    expect(await prompts(cwd, 'src/a.ts\nc.md\n')).toEqual(both);
    const piped = await shell(
      "printf 'src/a.ts\\n' | volley run m.yaml --progress none | grep -c r@src/a.ts",
      { cwd },
    );
    expect(piped.stdout).toBe('1\n');
  });

  test('stdin, as rows of another format', async () => {
    const cwd = folder({
      'm.yaml': `${MOCK}tasks: [{ id: r, for_each: { file: "-", format: csv }, prompt: "{{ item.a }}" }]\n${WITH_QUICK_MOCK}`,
    });
    expect(await prompts(cwd, 'id;a\n1;x\n')).toEqual([['r@1', 'x']]);
  });
});

test('an empty list of changes runs nothing, and a dependent task sees an empty list', async () => {
  const cwd = folder({
    'm.yaml': `${WITH_QUICK_MOCK}${manifest('"-"').replace(WITH_QUICK_MOCK, '').trimEnd().slice(0, -1)}, { id: all, needs: [r], prompt: "{{ needs.r.size }} reviews" }]\n`,
  });
  expect(await prompts(cwd, '')).toEqual([['all', '0 reviews']]);
  const checked = await volley(['validate', 'm.yaml'], { cwd });
  expect(checked.stdout).toContain(
    'warning NO_ROWS: `<stdin>` lists no path: this task has nothing to do',
  );
});

describe('a list is refused', () => {
  test.each<[string, string, string, string]>([
    [
      'with a path that does not exist',
      'list.txt',
      'src/a.ts\nsrc/gone.ts\n',
      'list.txt:2:1: error FILE_NOT_FOUND',
    ],
    ['with a path outside the repo', 'list.txt', '../../etc/passwd\n', 'list.txt:1:1: error FILE_'],
    ['with an absolute path', 'list.txt', '/etc/hostname\n', 'list.txt:1:1: error FILE_'],
    ['with a folder', 'list.txt', 'src\n', 'list.txt:1:1: error FILE_NOT_REGULAR'],
    ['with one path twice', 'list.txt', 'c.md\n./c.md\n', 'list.txt:2:1: error DUPLICATE_ID'],
    ['that is not UTF-8', 'bad.txt', '', 'bad.txt:1:3: error FILE_UNREADABLE'],
    ['that does not exist', 'none.txt', '', 'm.yaml:2:28: error FILE_NOT_FOUND'],
    ['that is empty in the manifest', '[]', '', 'error NO_ROWS: `files` has no path'],
    [
      'together with a glob',
      'list.txt, glob: "*"',
      'c.md\n',
      '`for_each` has both `glob` and `files`',
    ],
    ['with a format', 'list.txt, format: csv', 'c.md\n', '`format` has no effect on `files`'],
    [
      'with a delimiter',
      'list.txt, delimiter: ";"',
      'c.md\n',
      '`delimiter` has no effect on `files`',
    ],
    ['of numbers', '[1]', '', 'entry 1 of `files` must be a path'],
  ])('%s', async (_, files, list, said) => {
    const cwd = folder({ ...SOURCES, 'list.txt': list, 'm.yaml': manifest(files) });
    writeFileSync(`${cwd}/bad.txt`, Buffer.from('Zo\xeb.ts\n', 'latin1'));
    const run = await volley(['validate', 'm.yaml'], { cwd });
    expect(run.code, run.stdout).toBe(2);
    expect(run.stdout).toContain(said);
  });
});
