import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { projectRoot } from '../../src/ports/system-project-root.ts';
import { folder } from '../support/cli.ts';
import { gitFolder } from '../support/git-folder.ts';

afterEach(() => vi.unstubAllEnvs());

/** A new folder, and the manifest's folder `batch` in it. */
function around(): { readonly top: string; readonly batch: string } {
  const top = realpathSync(folder());
  const batch = join(top, 'batch');
  mkdirSync(batch);
  return { top, batch };
}

const isRoot = process.getuid?.() === 0;

describe('the root of a manifest', () => {
  test('is the checkout that contains it', async () => {
    const { top, batch } = around();
    gitFolder(top);
    expect(await projectRoot(batch)).toEqual({ path: top, ignored: undefined });
  });

  test('is its own folder if there is no checkout', async () => {
    const { batch } = around();
    expect(await projectRoot(batch)).toEqual({ path: batch, ignored: undefined });
  });

  test('is what git itself considers the root: a clone, a submodule, another work tree', async () => {
    const { top } = around();
    const git = (cwd: string, ...args: readonly string[]): void => {
      execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
        cwd,
        stdio: 'pipe',
        env: {
          PATH: process.env['PATH'],
          HOME: top,
          GIT_AUTHOR_NAME: 'a',
          GIT_AUTHOR_EMAIL: 'a@example.com',
          GIT_COMMITTER_NAME: 'a',
          GIT_COMMITTER_EMAIL: 'a@example.com',
        },
      });
    };
    const inner = join(top, 'inner');
    const outer = join(top, 'outer');
    git(top, 'init', '-q', inner);
    git(inner, 'commit', '-q', '--allow-empty', '-m', 'first');
    git(top, 'init', '-q', outer);
    git(outer, 'submodule', '--quiet', 'add', inner, 'sub');
    git(inner, 'worktree', 'add', '-q', join(top, 'tree'));
    git(top, 'init', '-q', `--separate-git-dir=${join(top, 'data')}`, join(top, 'apart'));
    for (const path of [inner, outer, join(outer, 'sub'), join(top, 'tree'), join(top, 'apart')]) {
      mkdirSync(join(path, 'batch'), { recursive: true });
      expect((await projectRoot(join(path, 'batch'))).path).toBe(path);
    }
  });

  test.each<[string, (top: string) => void]>([
    ['an empty folder', (top) => mkdirSync(join(top, '.git'))],
    ['an empty file', (top) => writeFileSync(join(top, '.git'), '')],
    ['a link to nowhere', (top) => symlinkSync('nowhere', join(top, '.git'))],
    ['a file that leads nowhere', (top) => writeFileSync(join(top, '.git'), 'gitdir: nowhere\n')],
    [
      'a repository without a branch',
      (top) => writeFileSync(join(gitFolder(top), '.git/HEAD'), ''),
    ],
    [
      'a bare repository',
      (top) => writeFileSync(join(gitFolder(top), '.git/config'), '[core]\n\tbare = true\n'),
    ],
    [
      'a repository whose work tree is elsewhere',
      (top) => writeFileSync(join(gitFolder(top), '.git/config'), '[core]\n\tworktree = /\n'),
    ],
    [
      'the data of a work tree elsewhere',
      (top) => writeFileSync(join(gitFolder(top), '.git/gitdir'), '/elsewhere/.git\n'),
    ],
  ])('is not widened if the folder above has a `.git` that is %s', async (_, make) => {
    const { top, batch } = around();
    make(top);
    const reason = 'its `.git` is not a repository with this work tree';
    expect(await projectRoot(batch)).toEqual({ path: batch, ignored: { path: top, reason } });
  });

  test('is never the home folder or a folder above it', async () => {
    const { top, batch } = around();
    gitFolder(top);
    const reason = 'it contains your home folder';
    vi.stubEnv('HOME', top);
    expect(await projectRoot(batch)).toEqual({ path: batch, ignored: { path: top, reason } });
    vi.stubEnv('HOME', join(top, 'home/ada'));
    mkdirSync(join(top, 'home/ada'), { recursive: true });
    expect(await projectRoot(batch)).toEqual({ path: batch, ignored: { path: top, reason } });
  });

  test('is a checkout below the home folder, whatever is above it', async () => {
    const { top, batch } = around();
    gitFolder(top);
    gitFolder(batch);
    vi.stubEnv('HOME', top);
    mkdirSync(join(batch, 'deep'));
    expect((await projectRoot(join(batch, 'deep'))).path).toBe(batch);
  });

  test.runIf(isRoot)("is not widened by another user's repository", async () => {
    const { top, batch } = around();
    gitFolder(top);
    const reason = 'it belongs to another user';
    chownSync(join(top, '.git'), 65534, 65534);
    expect(await projectRoot(batch)).toEqual({ path: batch, ignored: { path: top, reason } });
  });

  test('is not a folder that all users share', async () => {
    const { top, batch } = around();
    gitFolder(top);
    chmodSync(top, 0o1777);
    const reason = 'its folder is shared by all users';
    expect(await projectRoot(batch)).toEqual({ path: batch, ignored: { path: top, reason } });
  });
});
