import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  realpath,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProjectFiles } from '../../src/ports/files.ts';
import { projectFiles } from '../../src/ports/system-project-files.ts';
import { gitFolder } from '../support/git-folder.ts';

/**
 * base/repo is the root, because it has a .git; base/repo/batch is the manifest's folder. base/out
 * is outside, and so is base/repo-twin, although its path begins like the root's.
 */
let base: string;
let files: ProjectFiles;

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'volley-files-')));
  for (const folder of [
    'repo/batch/sub',
    'repo/src/deep',
    'repo/node_modules/x',
    'repo/.hidden',
    'out/deep',
    'repo-twin',
  ]) {
    await mkdir(join(base, folder), { recursive: true });
  }
  gitFolder(join(base, 'repo'));
  const texts: Record<string, string> = {
    'repo/batch/a.md': 'A',
    'repo/batch/sub/[x].md': 'X',
    'repo/batch/B.md': 'B',
    'repo/src/one.ts': 'one',
    'repo/src/deep/two.ts': 'two',
    'repo/src/deep/two.test.ts': 'test',
    'repo/node_modules/x/i.ts': 'i',
    'repo/.hidden/h.ts': 'h',
    'repo/.env': 'secret',
    'out/secret': 'secret',
    'out/deep/secret': 'secret',
    'repo-twin/secret': 'secret',
  };
  for (const [name, text] of Object.entries(texts)) await writeFile(join(base, name), text);
  await symlink('../../out/secret', join(base, 'repo/batch/link-out'));
  await symlink(join(base, 'out/secret'), join(base, 'repo/batch/link-out-absolute'));
  await symlink('link-out', join(base, 'repo/batch/link-to-link'));
  await symlink('../../out', join(base, 'repo/batch/folder-out'));
  await symlink('../../out/deep', join(base, 'repo/batch/sub-out'));
  await symlink('../src/one.ts', join(base, 'repo/batch/link-in'));
  await symlink('../src', join(base, 'repo/batch/folder-in'));
  await symlink('..', join(base, 'repo/src/deep/loop'));
  await symlink('circle', join(base, 'repo/batch/circle'));
  await symlink('nowhere', join(base, 'repo/batch/dangling'));
  await symlink('/proc/self/environ', join(base, 'repo/batch/environ'));
  await symlink('/dev/zero', join(base, 'repo/batch/zero'));
  execFileSync('mkfifo', [join(base, 'repo/batch/fifo')]);
  files = projectFiles({ directory: join(base, 'repo/batch') });
});

afterAll(async () => {
  await rm(base, { recursive: true, force: true });
});

describe('a file inside the root is read', () => {
  test.each([
    ['a.md', 'A'],
    ['./a.md', 'A'],
    ['sub/../a.md', 'A'],
    ['sub/[x].md', 'X'],
    ['../src/one.ts', 'one'],
    ['link-in', 'one'],
    ['folder-in/deep/two.ts', 'two'],
  ])('%s', async (name, text) => {
    expect(await textOf(files, name)).toBe(text);
    expect(await streamed(files, name)).toBe(text);
  });
});

describe('a name that leads outside the root is refused', () => {
  const OUTSIDE = 'FILE_OUTSIDE_ROOT';
  test.each<[string, string]>([
    ['../../out/secret', OUTSIDE],
    ['../../../../../../../../etc/passwd', OUTSIDE],
    ['sub/../../../out/secret', OUTSIDE],
    ['./.././../out/secret', OUTSIDE],
    ['..//..//out//secret', OUTSIDE],
    ['../../repo-twin/secret', OUTSIDE],
    ['../../out/there-is-none', OUTSIDE],
    ['../..', OUTSIDE],
    ['/etc/passwd', OUTSIDE],
    ['//etc/passwd', OUTSIDE],
    ['/proc/self/environ', OUTSIDE],
    ['/dev/stdin', OUTSIDE],
    ['/', OUTSIDE],
    ['link-out', OUTSIDE],
    ['link-out-absolute', OUTSIDE],
    ['link-to-link', OUTSIDE],
    ['folder-out/secret', OUTSIDE],
    ['folder-out/deep/secret', OUTSIDE],
    ['sub-out/secret', OUTSIDE],
    ['sub-out/../secret', 'FILE_NOT_FOUND'],
    ['folder-in/../../../out/secret', OUTSIDE],
    ['environ', OUTSIDE],
    ['zero', OUTSIDE],
    ['fifo', 'FILE_NOT_REGULAR'],
    ['sub', 'FILE_NOT_REGULAR'],
    ['folder-in', 'FILE_NOT_REGULAR'],
    ['.', 'FILE_NOT_REGULAR'],
    ['circle', 'FILE_NOT_FOUND'],
    ['dangling', 'FILE_NOT_FOUND'],
    ['', 'FILE_NOT_FOUND'],
    ['a.md\0.txt', 'FILE_NOT_FOUND'],
    ['a.md/', 'A'],
    ['a.md/x', 'FILE_NOT_FOUND'],
    ['~/.ssh/id_rsa', 'FILE_NOT_FOUND'],
    ['$HOME/.ssh/id_rsa', 'FILE_NOT_FOUND'],
    ['file:///etc/passwd', 'FILE_NOT_FOUND'],
    ['..\\..\\out\\secret', 'FILE_NOT_FOUND'],
    ['%2e%2e/%2e%2e/out/secret', 'FILE_NOT_FOUND'],
    ['x'.repeat(5000), 'FILE_NOT_FOUND'],
  ])('%s', async (name, expected) => {
    expect(await textOf(files, name)).toBe(expected);
    expect(await streamed(files, name)).toBe(expected);
  });

  test('even if it is absolute and inside', async () => {
    expect(await textOf(files, join(base, 'repo/batch/a.md'))).toBe('FILE_OUTSIDE_ROOT');
  });

  test('with a message that names it and a hint that helps', async () => {
    expect(await files.read('../../out/secret')).toEqual({
      ok: false,
      problem: {
        code: 'FILE_OUTSIDE_ROOT',
        message: '`../../out/secret` is outside the folder that a manifest may read (`..`)',
        hint: 'move it into the project, or allow its folder with `--allow-path DIR`',
      },
    });
    expect(await files.read('sub')).toEqual({
      ok: false,
      problem: {
        code: 'FILE_NOT_REGULAR',
        message: '`sub` is a folder',
        hint: 'choose a file in it, or use a glob',
      },
    });
  });

  test('unless the caller allows the folder', async () => {
    const allowing = projectFiles({
      directory: join(base, 'repo/batch'),
      allowPaths: [join(base, 'out/deep')],
    });
    expect(await textOf(allowing, '../../out/deep/secret')).toBe('secret');
    expect(await textOf(allowing, join(base, 'out/deep/secret'))).toBe('secret');
    expect(await textOf(allowing, 'sub-out/secret')).toBe('secret');
    expect(await textOf(allowing, '../../out/secret')).toBe('FILE_OUTSIDE_ROOT');
    expect(await textOf(allowing, join(base, 'out/deep/../secret'))).toBe('FILE_OUTSIDE_ROOT');
    expect(await textOf(allowing, join(base, 'repo/batch/a.md'))).toBe('FILE_OUTSIDE_ROOT');
    expect(await allowing.glob([`${join(base, 'out/deep')}/*`])).toEqual({
      ok: true,
      value: ['../../out/deep/secret'],
    });
  });
});

describe('the root', () => {
  test('is the manifest’s folder if there is no repository', async () => {
    await mkdir(join(base, 'loose/inner'), { recursive: true });
    await writeFile(join(base, 'loose/a.md'), 'A');
    await writeFile(join(base, 'loose/inner/b.md'), 'B');
    const loose = projectFiles({ directory: join(base, 'loose/inner') });
    expect(await textOf(loose, 'b.md')).toBe('B');
    expect(await textOf(loose, '../a.md')).toBe('FILE_OUTSIDE_ROOT');
  });

  test('can be set', async () => {
    const narrow = projectFiles({
      directory: join(base, 'repo/batch'),
      root: join(base, 'repo/batch'),
    });
    expect(await textOf(narrow, 'a.md')).toBe('A');
    expect(await textOf(narrow, '../src/one.ts')).toBe('FILE_OUTSIDE_ROOT');
    expect(await textOf(narrow, 'link-in')).toBe('FILE_OUTSIDE_ROOT');
  });

  test('may be reached through a symbolic link', async () => {
    await symlink('repo', join(base, 'alias'));
    const alias = projectFiles({ directory: join(base, 'alias/batch') });
    expect(await textOf(alias, 'a.md')).toBe('A');
    expect(await textOf(alias, '../src/one.ts')).toBe('one');
    expect(await alias.glob(['*.md'])).toEqual({ ok: true, value: ['B.md', 'a.md'] });
  });

  test('does not give access to kernel files, even if it is `/`', async () => {
    const all = projectFiles({ directory: '/', root: '/' });
    expect(await textOf(all, 'proc/self/environ')).toBe('FILE_OUTSIDE_ROOT');
    expect(await textOf(all, 'dev/zero')).toBe('FILE_OUTSIDE_ROOT');
  });
});

describe('the size of a file', () => {
  test('is limited', async () => {
    await writeFile(join(base, 'repo/batch/big'), 'x'.repeat(11));
    expect(await textOf(files, 'big', 11)).toBe('x'.repeat(11));
    expect(await files.read('big', { maxBytes: 10 })).toEqual({
      ok: false,
      problem: {
        code: 'FILE_TOO_LARGE',
        message: '`big` is larger than 10 bytes',
        hint: 'split it, or list its parts',
      },
    });
  });

  test('is at most 10 MiB by default, but a stream has no limit', async () => {
    await writeFile(join(base, 'repo/batch/huge'), '');
    await truncate(join(base, 'repo/batch/huge'), 10 * 1024 * 1024 + 1);
    const refused = await files.read('huge');
    expect(refused).toMatchObject({
      ok: false,
      problem: { message: '`huge` is larger than 10 MiB' },
    });
    expect(await files.read('huge', { maxBytes: 11 * 1024 * 1024 })).toMatchObject({ ok: true });
    expect((await streamed(files, 'huge')).length).toBe(10 * 1024 * 1024 + 1);
  });

  test('may be zero', async () => {
    await writeFile(join(base, 'repo/batch/empty'), '');
    expect(await textOf(files, 'empty')).toBe('');
  });
});

test.skipIf(process.getuid?.() === 0)(
  'a file without read permission is reported as such',
  async () => {
    await writeFile(join(base, 'repo/batch/locked'), 'x');
    await chmod(join(base, 'repo/batch/locked'), 0);
    expect(await files.read('locked')).toEqual({
      ok: false,
      problem: {
        code: 'FILE_UNREADABLE',
        message: '`locked` cannot be read (EACCES)',
        hint: 'change its permissions',
      },
    });
  },
);

test('a file that is replaced by a link while being opened is never read outside the root', async () => {
  const name = join(base, 'repo/batch/racing');
  await writeFile(name, 'mine');
  const swapping = spawn(process.execPath, ['-e', SWAP_FOREVER, name]);
  const seen = new Set<string>();
  for (let turn = 0; turn < 10_000; turn += 1) seen.add(await textOf(files, 'racing'));
  swapping.kill('SIGKILL');
  await once(swapping, 'exit');
  expect(seen).toContain('mine');
  expect(seen).not.toContain('secret');
});

const SWAP_FOREVER = `
  const { renameSync, symlinkSync, writeFileSync } = require('node:fs');
  const name = process.argv[1];
  for (;;) {
    symlinkSync('../../out/secret', name + '.link');
    renameSync(name + '.link', name);
    writeFileSync(name + '.file', 'mine');
    renameSync(name + '.file', name);
  }
`;

describe('a glob', () => {
  test.each<[string[], string[]]>([
    [['*.md'], ['B.md', 'a.md']],
    [['**/*.md'], ['B.md', 'a.md', 'sub/[x].md']],
    [['sub/\\[x\\].md'], ['sub/[x].md']],
    [['{a,B}.md'], ['B.md', 'a.md']],
    [['../src/**/*.ts'], ['../src/deep/two.test.ts', '../src/deep/two.ts', '../src/one.ts']],
    [
      ['../src/**/*.ts', '!**/*.test.ts', '!../src/**/*.test.ts'],
      ['../src/deep/two.ts', '../src/one.ts'],
    ],
    [
      ['a.md', 'a.md', '*.md'],
      ['B.md', 'a.md'],
    ],
    [['../**/*.ts'], ['../src/deep/two.test.ts', '../src/deep/two.ts', '../src/one.ts']],
    [['../node_modules/**/*.ts'], ['../node_modules/x/i.ts']],
    [['../.hidden/*.ts'], ['../.hidden/h.ts']],
    [['../.git/*', '../*'], []],
    [['folder-out/**'], []],
    [['folder-in/**'], []],
    [['link-*', 'fifo', 'environ', 'zero', 'dangling'], []],
    [['sub'], []],
    [['nothing-*'], []],
  ])('%j gives %j', async (patterns, expected) => {
    const found = await files.glob(patterns);
    expect(found).toEqual({ ok: true, value: expected });
  });

  test.each([
    '/etc/*',
    '/**',
    '../../out/*',
    '../../**',
    'sub/../../../out/*',
    '{..,sub}/../../out/*',
    '../{x,../../out}/*',
    '**/../../../out/*',
    '../../repo-twin/*',
    'folder-out/../../../out/*',
    'a\0*',
  ])('%s would list folders outside and is refused', async (pattern) => {
    const found = await files.glob([pattern]);
    expect(found.ok ? found.value : found.problem.code).toBe('FILE_OUTSIDE_ROOT');
  });
});

test('a glob that could keep the matcher busy is refused with a hint', async () => {
  expect(await files.glob(['*.md', '*a*a*a*a*a*ab'])).toEqual({
    ok: false,
    problem: {
      code: 'BAD_VALUE',
      message: 'the pattern `*a*a*a*a*a*ab` has more than 4 `*` or `{` in one part',
      hint: 'split it into several patterns',
    },
  });
});

async function textOf(from: ProjectFiles, name: string, maxBytes?: number): Promise<string> {
  const read = await from.read(name, maxBytes === undefined ? {} : { maxBytes });
  return read.ok ? Buffer.from(read.value).toString() : read.problem.code;
}

async function streamed(from: ProjectFiles, name: string): Promise<string> {
  const opened = await from.stream(name);
  if (!opened.ok) return opened.problem.code;
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened.value) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
