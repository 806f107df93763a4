import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, shell, volley } from '../support/cli.ts';
import { gitFolder } from '../support/git-folder.ts';
import { WITH_QUICK_MOCK } from './served.ts';

const MANIFEST = `${WITH_QUICK_MOCK}defaults: { model: mock/echo }\ntasks: [hello]\n`;

interface Links {
  readonly repo: string;
  readonly outside: string;
}

/** A checkout with links that a pull request has committed, and a folder next to the checkout. */
function checkout(): Links {
  const top = folder({ 'outside/precious.jsonl': 'precious\n', 'outside/precious.json': '{}\n' });
  const repo = join(top, 'repo');
  const outside = join(top, 'outside');
  mkdirSync(join(repo, 'sub/own'), { recursive: true });
  gitFolder(repo);
  writeFileSync(join(repo, 'm.yaml'), MANIFEST);
  symlinkSync('../outside/precious.jsonl', join(repo, 'file.jsonl'));
  symlinkSync('../outside/precious.json', join(repo, 'file.json'));
  symlinkSync('../outside/new.jsonl', join(repo, 'new.jsonl'));
  symlinkSync(join(outside, 'new.jsonl'), join(repo, 'absolute.jsonl'));
  symlinkSync('../outside', join(repo, 'folder'));
  symlinkSync('new.jsonl', join(repo, 'chain.jsonl'));
  symlinkSync('.git/hooks/post-commit', join(repo, 'hook.jsonl'));
  symlinkSync('../.env', join(repo, 'sub/env.jsonl'));
  symlinkSync('own', join(repo, 'sub/link-in'));
  symlinkSync('../outside/schema.json', join(repo, 'volley.schema.json'));
  return { repo, outside };
}

/** Everything that writing through a link could have changed. */
function stateOf({ repo, outside }: Links): object {
  return {
    outside: readdirSync(outside).map((name) => [name, readFileSync(join(outside, name), 'utf8')]),
    hooks: existsSync(join(repo, '.git/hooks')),
    environment: existsSync(join(repo, '.env')),
  };
}

describe('a file named by a flag is not written through a link that a pull request can commit', () => {
  test.each([
    ['run m.yaml -o file.jsonl --overwrite', '--output'],
    ['run m.yaml -o file.jsonl --resume', '--output'],
    ['run m.yaml -o new.jsonl', '--output'],
    ['run m.yaml -o absolute.jsonl', '--output'],
    ['run m.yaml -o chain.jsonl', '--output'],
    ['run m.yaml -o folder/new.jsonl', '--output'],
    ['run m.yaml -o folder/deep/new.jsonl', '--output'],
    ['run m.yaml -o folder/../outside/new.jsonl', '--output'],
    ['run m.yaml -o ./sub/../new.jsonl', '--output'],
    ['run m.yaml -o hook.jsonl', '--output'],
    ['run m.yaml -o sub/env.jsonl', '--output'],
    ['run m.yaml --summary-file file.json', '--summary-file'],
    ['run m.yaml --summary-file folder/s.json', '--summary-file'],
    ['run m.yaml --emergency-dump file.jsonl', '--emergency-dump'],
    ['run m.yaml --emergency-dump folder/d.jsonl', '--emergency-dump'],
    ['ask -m mock/echo hello -o new.jsonl', '--output'],
    ['init other.yaml', 'volley init'],
    ['init folder/other.yaml', 'volley init'],
  ])('volley %s', async (line, flag) => {
    const links = checkout();
    const before = stateOf(links);
    const run = await shell(`volley ${line}`, { cwd: links.repo });
    expect(run.stderr).toContain('which is in the project\n');
    expect(run.stderr).toContain(`pass that path: \`${flag} `);
    expect(run.code).toBe(2);
    expect(stateOf(links)).toEqual(before);
  });

  test.each(['-o', '--summary-file', '--emergency-dump'])(
    'unless it is written as the error suggests: %s',
    async (flag) => {
      const { repo, outside } = checkout();
      const line = (written: string): string =>
        `volley run m.yaml ${written}${flag === '--emergency-dump' ? ' > /dev/full' : ''}`;
      const refused = await shell(line(`${flag} new.jsonl`), { cwd: repo });
      const [, printed = ''] = /pass that path: `([^`]+)`/.exec(refused.stderr) ?? [];
      const run = await shell(line(printed), { cwd: repo });
      expect(run.code).toBe(flag === '--emergency-dump' ? 74 : 0);
      expect(readFileSync(join(outside, 'new.jsonl'), 'utf8')).toContain('"v"');
    },
  );

  test('but is written through a link that stays in the project or lies outside it', async () => {
    const { repo, outside } = checkout();
    const inside = await shell('volley run m.yaml -o sub/link-in/r.jsonl', { cwd: repo });
    expect(inside).toMatchObject({ code: 0 });
    expect(existsSync(join(repo, 'sub/own/r.jsonl'))).toBe(true);
    symlinkSync('.', join(outside, 'self'));
    const own = await shell(`volley run m.yaml -o ${outside}/self/r.jsonl`, { cwd: repo });
    expect(own).toMatchObject({ code: 0 });
    expect(existsSync(join(outside, 'r.jsonl'))).toBe(true);
  });

  test('even if the command is started elsewhere', async () => {
    const links = checkout();
    const before = stateOf(links);
    const line = 'volley run repo/m.yaml -o repo/new.jsonl';
    const run = await shell(line, { cwd: join(links.repo, '..') });
    expect(run.code).toBe(2);
    expect(stateOf(links)).toEqual(before);
  });
});

describe('a name that no file can have is refused, wherever it comes from', () => {
  const long = 'x'.repeat(300);
  test.each([
    [`run m.yaml -o ${long}`],
    [`run glob.yaml -o ${long}`],
    [`run m.yaml --summary-file sub/${long}`],
    [`run m.yaml --emergency-dump ${long}`],
    [`init ${long}`],
    [`run m.yaml -o $'a\\nb'`],
  ])('%s', async (line) => {
    const { repo } = checkout();
    const glob = { for_each: { glob: '*.md' }, prompt: '{{ item.path }}' };
    const manifest = { defaults: { model: 'mock/echo' }, tasks: ['hi', glob] };
    writeFileSync(join(repo, 'glob.yaml'), JSON.stringify(manifest));
    writeFileSync(join(repo, 'a.md'), '');
    const run = await shell(`volley ${line}`, { cwd: repo });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('is not a valid file name: ');
  });
});

describe('a path that leads nowhere is refused with its reason', () => {
  test.each([
    ['run m.yaml -o loop/r.jsonl', 'its symlinks form a loop (ELOOP)'],
    ['plan m.yaml -o loop/r.jsonl', 'its symlinks form a loop (ELOOP)'],
    ['plan m.yaml --markdown loop/p.md', 'its symlinks form a loop (ELOOP)'],
    ['report r.jsonl --html loop/r.html', 'its symlinks form a loop (ELOOP)'],
    ['export r.jsonl --to loop/r.csv', 'its symlinks form a loop (ELOOP)'],
    ['merge r.jsonl copy.jsonl -o loop/all.jsonl', 'its symlinks form a loop (ELOOP)'],
    [
      'merge r.jsonl copy.jsonl -o m.yaml/all.jsonl',
      'a part of the path is not a folder (ENOTDIR)',
    ],
    ['init loop/m.yaml', 'its symlinks form a loop (ELOOP)'],
  ])('%s', async (line, reason) => {
    const cwd = folder({ 'm.yaml': MANIFEST });
    symlinkSync('loop', join(cwd, 'loop'));
    if (line.includes(' r.jsonl')) {
      await volley(['run', 'm.yaml', '-o', 'r.jsonl', '-q'], { cwd });
      copyFileSync(join(cwd, 'r.jsonl'), join(cwd, 'copy.jsonl'));
    }
    const run = await volley(line.split(' '), { cwd });
    expect([run.code, run.stderr]).toEqual([74, expect.stringContaining(reason)]);
  });
});
